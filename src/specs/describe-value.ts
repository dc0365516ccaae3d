const SHOWN_CHARS = 60;
const LOOKS_SECRET = /^(sk|pk|rk)[-_]/;

/** A short phrase for a value in an error message: never long, never a credential, never the inside of an object. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return LOOKS_SECRET.test(value) ? describeSecret(value) : quoted(value);
  if (typeof value === "bigint") return `the bigint ${value}`;
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : `an array of ${value.length}`;
  return describeObject(value);
}

/** The phrase for a value that may be a credential: its type and size only. */
export function describeSecret(value: unknown): string {
  return typeof value === "string" ? `a string of ${value.length} characters` : describeValue(value);
}

function quoted(text: string): string {
  return text.length > SHOWN_CHARS
    ? `${JSON.stringify(text.slice(0, SHOWN_CHARS))}… (${text.length} characters)`
    : JSON.stringify(text);
}

function describeObject(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype)
    return Object.keys(value).length === 0 ? "an empty object" : "an object";
  const name = value.constructor.name;
  return name === "" ? "an object" : `an instance of ${name}`;
}
