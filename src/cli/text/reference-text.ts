import { byteLength, capText } from "../../lib/cap-text.ts";
import { REFERENCE_TEXT_BYTES } from "../../protocol/limits/reference.ts";
import type { ReferenceDetail } from "../../runtime/read-reference.ts";
import { printable, printableLine } from "../output/printable.ts";
import { table } from "../output/table.ts";

/** A reference for a terminal: what is known of it, then its value as JSON. */
export function referenceText(detail: ReferenceDetail): string {
  const { kind, id, bytes, contentHash, createdAt, expiresAt, heldBy, glimpse, problem } = detail;
  const head = table([
    ["reference", printableLine(`${kind} ${id}`)],
    ["size", `${bytes.toLocaleString("en-US")} bytes of JSON`],
    ["content", contentHash],
    ["created", createdAt],
    ["expires", expiresAt ?? "never"],
    ["held by", heldBy.length === 0 ? "no plan" : heldBy.map(printableLine).join(", ")],
    ["glimpse", printableLine(JSON.stringify(glimpse))],
  ]);
  if (problem !== null) return `${head}\n\nvalue cannot be read: ${problem.code} ${printableLine(problem.message)}`;
  return `${head}\n\nvalue\n${printable(capText(valueText(detail), REFERENCE_TEXT_BYTES))}`;
}

/** Whether a terminal shows less than the whole value. */
export function isCut(detail: ReferenceDetail): boolean {
  return detail.start !== null || (detail.problem === null && byteLength(valueText(detail)) > REFERENCE_TEXT_BYTES);
}

function valueText({ value, start }: ReferenceDetail): string {
  return start ?? JSON.stringify(value, null, 2);
}
