/** The start of a text that fits in `maxBytes` of UTF-8, with a mark that says how much is missing. */
export function capText(text: string, maxBytes: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.byteLength <= maxBytes) return text;
  const note = ` … [cut: ${maxBytes} of ${bytes.byteLength} bytes shown]`;
  return wholeCharacters(bytes.subarray(0, maxBytes)) + note;
}

/** The start of a text, in characters, for lists and titles. */
export function preview(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;
}

/** Size of a text in UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}

/** Drops a character that the cut split. */
function wholeCharacters(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/\uFFFD+$/, "");
}
