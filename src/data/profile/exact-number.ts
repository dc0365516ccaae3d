/** A number as a double, and its decimal text where the double would say something else. */
export interface ExactNumber {
  readonly value: number;
  readonly exact?: string;
}

/** Reads a plain decimal, as databases write integers and decimals. */
export function exactNumber(text: string): ExactNumber {
  const value = Number(text);
  if (text.length <= MAX_EXACT_DIGITS) return { value };
  const plain = /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, "") : text;
  const digits = plain.replace(/^-?0*\.?0*/, "").replace(".", "");
  const isSame = /^-?\d+$/.test(plain)
    ? Number.isSafeInteger(value)
    : digits.length <= MAX_EXACT_DIGITS || String(value) === plain;
  return isSame ? { value } : { value, exact: plain };
}

/** Less than, equal to or more than 0, as the first is to the second; exact also where their doubles are the same. */
export function compareExact(a: ExactNumber, b: ExactNumber): number {
  if (a.value !== b.value || (a.exact === undefined && b.exact === undefined)) return a.value - b.value;
  const [one, two] = [a, b].map(({ exact, value }) => exact ?? plainText(value));
  const places = Math.max(...[one, two].map((text = "") => fractionOf(text).length));
  const difference = scaled(one ?? "", places) - scaled(two ?? "", places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Every decimal of so many digits comes back from a double as it went in. */
const MAX_EXACT_DIGITS = 15;

/** Without an exponent, which JavaScript writes for small numbers; what is compared here is never large without its text. */
function plainText(value: number): string {
  const [digits = "", exponent] = String(value).split("e-");
  if (exponent === undefined) return digits;
  const sign = digits.startsWith("-") ? "-" : "";
  return `${sign}0.${"0".repeat(Number(exponent) - 1)}${digits.replace(/[-.]/g, "")}`;
}

function fractionOf(text: string): string {
  return text.split(".")[1] ?? "";
}

function scaled(text: string, places: number): bigint {
  const [whole = ""] = text.split(".");
  return BigInt(whole + fractionOf(text).padEnd(places, "0"));
}
