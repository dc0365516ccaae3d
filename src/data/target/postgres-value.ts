import type { Json } from "../../protocol/json.ts";

/**
 * A value of Postgres, given as the text that the server writes, as JSON: numbers where a JSON number holds them exactly and
 * decimal text where not, NaN and infinities as text, times in ISO 8601, JSON as itself, arrays as arrays, bytea as `\x` and
 * hexadecimal digits, everything else as the server's text.
 */
export function postgresValue(text: string | null, typeOid: number): Json {
  if (text === null) return null;
  const element = ARRAYS.get(typeOid);
  return element === undefined ? scalar(text, typeOid) : (parseArray(text, element) ?? text);
}

const OID = {
  bool: 16,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  oid: 26,
  json: 114,
  float4: 700,
  float8: 701,
  bpchar: 1042,
  varchar: 1043,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  uuid: 2950,
  jsonb: 3802,
};
const NUMBERS: readonly number[] = [OID.int8, OID.int2, OID.int4, OID.oid, OID.float4, OID.float8, OID.numeric];
/** An array's type and its elements'. */
const ARRAYS: ReadonlyMap<number, number> = new Map([
  [1000, OID.bool],
  [1016, OID.int8],
  [1005, OID.int2],
  [1007, OID.int4],
  [1009, OID.text],
  [1028, OID.oid],
  [199, OID.json],
  [1021, OID.float4],
  [1022, OID.float8],
  [1014, OID.bpchar],
  [1015, OID.varchar],
  [1182, OID.date],
  [1115, OID.timestamp],
  [1185, OID.timestamptz],
  [1231, OID.numeric],
  [2951, OID.uuid],
  [3807, OID.jsonb],
]);

function scalar(text: string, typeOid: number): Json {
  if (NUMBERS.includes(typeOid)) return exactNumber(text);
  if (typeOid === OID.bool) return text === "t";
  if (typeOid === OID.json || typeOid === OID.jsonb) return parsedJson(text);
  if (typeOid === OID.timestamp) return text.replace(/^(\d{4,}-\d\d-\d\d) /, "$1T");
  if (typeOid === OID.timestamptz) return text.replace(/^(\d{4,}-\d\d-\d\d) (.*)\+00$/, "$1T$2Z");
  return text;
}

/** A number only when it says the same: a long or very precise one would be another value as a double. */
function exactNumber(text: string): Json {
  const number = Number(text);
  if (!Number.isFinite(number) || text.trim() === "") return text;
  const digits = text
    .replace(/^-|e.*$/gi, "")
    .replace(".", "")
    .replace(/^0+/, "");
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(number) ? number : text;
  return digits.length <= MAX_EXACT_DIGITS || String(number) === text ? number : text;
}

/** Every decimal of so many digits comes back from a double as it went in. */
const MAX_EXACT_DIGITS = 15;

function parsedJson(text: string): Json {
  // Numbers that a double cannot hold would change silently, so such a document stays text; so does one that is nested so
  // deeply that whoever reads it next would run out of stack.
  const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, "");
  if (/\d{16}|[eE]\+?\d{3}/.test(bare.replaceAll(".", "")) || nesting(bare) > MAX_JSON_NESTING) return text;
  try {
    // JSON.parse of JSON gives JSON.
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

const MAX_JSON_NESTING = 100;

/** How many brackets of a JSON text without its strings are open at once. */
function nesting(bare: string): number {
  let open = 0;
  let deepest = 0;
  for (const char of bare) {
    if (char === "[" || char === "{") open++;
    else if (char === "]" || char === "}") open--;
    deepest = Math.max(deepest, open);
  }
  return deepest;
}

/** `{a,"b c",{…}}`; undefined when it has bounds of its own. */
function parseArray(text: string, elementOid: number): Json | undefined {
  if (!text.startsWith("{")) return undefined;
  let at = 0;
  const list = (): Json[] => {
    const items: Json[] = [];
    at++;
    while (text[at] !== "}" && at < text.length) {
      if (text[at] === ",") at++;
      else if (text[at] === "{") items.push(list());
      else items.push(item());
    }
    at++;
    return items;
  };
  const item = (): Json => {
    if (text[at] !== '"') {
      const [plain = ""] = /^[^,}]*/.exec(text.slice(at, at + MAX_PLAIN_CHARS)) ?? [];
      at += Math.max(1, plain.length);
      return plain === "NULL" ? null : scalar(plain, elementOid);
    }
    let value = "";
    for (at++; text[at] !== '"' && at < text.length; at++) value += text[at] === "\\" ? (text[++at] ?? "") : text[at];
    at++;
    return scalar(value, elementOid);
  };
  return list();
}

/** Longer elements are quoted or cut anyway. */
const MAX_PLAIN_CHARS = 100_000;
