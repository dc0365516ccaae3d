/**
 * Text of a model, a tool or a caller as a terminal may get it: control, bidirectional, zero-width and other invisible
 * characters appear as escapes, so that nothing moves the cursor, hides a word or reorders a line. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(INVISIBLE, (character) => (LAYOUT.has(character) ? character : escaped(character)));
}

/** The same on one line: line breaks and tabs become escapes too. For ids, names and table cells. */
export function printableLine(text: string): string {
  return text.replace(INVISIBLE, escaped);
}

/** JSON text whose invisible characters are JSON escapes: it looks safe on a terminal and parses to the same value. */
export function printableJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(INVISIBLE, (character) =>
    LAYOUT.has(character) ? character : [...utf16(character)].map((unit) => `\\u${hex(unit, 4)}`).join(""),
  );
}

/** Variation selectors 15 and 16 only choose how the sign before them looks, and emoji are full of them. */
const INVISIBLE = /(?![\uFE0E\uFE0F])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const LAYOUT: ReadonlySet<string> = new Set(["\n", "\t"]);

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return SHORT[character] ?? `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 5)}}`;
}

function utf16(character: string): readonly number[] {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
