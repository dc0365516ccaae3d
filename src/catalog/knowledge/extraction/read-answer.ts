import * as z from "zod";
import type { ModelReply } from "../../../models/port.ts";
import { FoundItem, type Part } from "./found-item.ts";
import { ANSWER_TOOL } from "./question.ts";

/** What an answer says about each part, in their order, or why it says nothing. */
export type Answer =
  | { readonly kind: "items"; readonly byPart: readonly (readonly FoundItem[])[]; readonly dropped: number }
  | { readonly kind: "cut" }
  | { readonly kind: "unusable"; readonly problem: string };

/** Reads a model's answer: every item by itself, and only those whose quotation is in the part that they name. */
export function readAnswer({ message, malformedArgs }: ModelReply, parts: readonly Part[]): Answer {
  if (message.stop === "length") return { kind: "cut" };
  if (message.stop === "refusal") return { kind: "unusable", problem: "the model declined to answer" };
  const call = message.parts.find((part) => part.type === "tool-call" && part.name === ANSWER_TOOL);
  if (call?.type !== "tool-call") return { kind: "unusable", problem: "the answer did not use the form asked for" };
  const given = AnyAnswer.safeParse(call.args);
  if (malformedArgs[call.id] !== undefined || !given.success)
    return { kind: "unusable", problem: "the answer was not of the form asked for" };
  const byPart: FoundItem[][] = parts.map(() => []);
  for (const item of given.data.items) {
    const found = readItem(item, parts);
    if (found !== undefined) byPart[found.part]?.push(found.item);
  }
  const kept = byPart.reduce((sum, items) => sum + items.length, 0);
  return { kind: "items", byPart, dropped: given.data.items.length - kept };
}

/** Items are looked at one by one, so that a wrong one costs no other. */
const AnyAnswer = z.looseObject({ items: z.array(z.unknown()) });
const AnyItem = z.looseObject({ part: z.int().nonnegative() });

function readItem(
  given: unknown,
  parts: readonly Part[],
): { readonly part: number; readonly item: FoundItem } | undefined {
  const numbered = AnyItem.safeParse(given).data;
  const shown = numbered === undefined ? undefined : parts[numbered.part];
  if (numbered === undefined || shown === undefined) return undefined;
  const { part, ...fields } = numbered;
  const item = FoundItem.safeParse(fields).data;
  if (item === undefined) return undefined;
  const text = plain([...shown.headings, shown.text].join("\n"));
  if (!text.includes(plain(item.quote))) return undefined;
  const { sql, ...rest } = item;
  // A formula that the document does not state would be the model's own.
  return { part, item: sql !== undefined && text.includes(plain(sql)) ? { ...rest, sql } : rest };
}

/** Models change blanks, quotation marks and cases when they copy. */
function plain(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’`]/g, "'")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}
