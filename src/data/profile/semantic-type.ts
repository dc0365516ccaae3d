/** What the texts of a column look like, or null: at least nine of ten must fit one pattern. */
export function semanticTypeOf(texts: readonly string[]): string | null {
  if (texts.length === 0) return null;
  const needed = Math.ceil(texts.length * 0.9);
  return PATTERNS.find(([, pattern]) => texts.filter((text) => pattern.test(text)).length >= needed)?.[0] ?? null;
}

/** Whether a semantic type is a point in time. */
export function isTemporal(semanticType: string | null): boolean {
  return semanticType === "iso-date" || semanticType === "iso-datetime";
}

/** Every repetition is bounded, so that hostile values cost linear time. */
const PATTERNS: readonly (readonly [string, RegExp])[] = [
  ["uuid", /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i],
  ["email", /^[^\s@]{1,64}@[^\s@]{1,190}\.[a-z]{2,24}$/i],
  ["url", /^https?:\/\/[^\s]{1,900}$/i],
  ["iso-date", /^\d{4}-\d{2}-\d{2}$/],
  ["iso-datetime", /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/],
  ["time", /^\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?$/],
  ["ipv4", /^(?:\d{1,3}\.){3}\d{1,3}$/],
  ["iban", /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/],
  ["phone", /^\+?(?=(?:[^\d]{0,4}\d){7})\d{0,3}[ .-]?(?:\(\d{1,5}\)[ .-]?)?\d{2,5}(?:[ .-]\d{2,5}){1,4}$|^\+\d{7,15}$/],
  ["currency", /^[$€£¥]\s?-?\d{1,15}(?:[.,]\d{1,6}){0,5}$/],
  ["hash", /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/i],
  ["json", /^[[{][^]{0,998}[\]}]$/],
  ["integer", /^-?\d{1,18}$/],
  ["decimal", /^-?\d{1,18}\.\d{1,18}$/],
];
