/** What the bytes of a text file came to. */
export type DecodedText =
  | { readonly kind: "text"; readonly text: string; readonly encoding: string }
  | { readonly kind: "binary"; readonly reason: string };

/**
 * The text of a file. A byte order mark decides; without one it is UTF-8, or Windows-1252 when it is not valid UTF-8. Bytes that no text
 * holds make it binary.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const mark = MARKS.find(({ start }) => start.every((byte, index) => bytes[index] === byte));
  if (mark !== undefined) return decodeAs(bytes, mark.encoding);
  if (bytes.includes(0)) return { kind: "binary", reason: "it holds NUL bytes" };
  const utf8 = decodeAs(bytes, "utf-8");
  if (utf8.kind === "text") return utf8;
  return controlShare(bytes) > MOST_CONTROLS
    ? { kind: "binary", reason: "it is no text in UTF-8, UTF-16 or Windows-1252" }
    : decodeAs(bytes, "windows-1252");
}

/** UTF-32 begins like UTF-16 and is refused as invalid UTF-16 or by its NULs. */
const MARKS = [
  { start: [0xef, 0xbb, 0xbf], encoding: "utf-8" },
  { start: [0xff, 0xfe], encoding: "utf-16le" },
  { start: [0xfe, 0xff], encoding: "utf-16be" },
] as const;

/** A text may hold a stray form feed or escape; compressed data holds one control byte in ten. */
const MOST_CONTROLS = 0.01;

function decodeAs(bytes: Uint8Array, encoding: string): DecodedText {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (text.includes("\0")) return { kind: "binary", reason: "it holds NUL characters" };
    return { kind: "text", text: text.replaceAll("\r\n", "\n").replaceAll("\r", "\n"), encoding };
  } catch {
    return { kind: "binary", reason: `it is not valid ${encoding}` };
  }
}

function controlShare(bytes: Uint8Array): number {
  if (bytes.length === 0) return 0;
  let controls = 0;
  for (const byte of bytes) if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) controls++;
  return controls / bytes.length;
}
