import { preview as shorten } from "../../lib/cap-text.ts";
import { LINE_JSON_CHARS } from "../../protocol/limits/text.ts";
import type { ErrorInfo } from "../../protocol/errors.ts";
import type { ActionRecord, DecisionRecord } from "../../protocol/plan.ts";
import type { CardAction, CardField, CardReference, PlanCard } from "../../runtime/plans/plan-card.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import { printable, printableLine } from "../output/printable.ts";
import { table } from "../output/table.ts";
import { answeredText, proofText } from "./decision-proof.ts";
import { requestersText } from "./gate-lines.ts";

/** What a terminal shows of a plan besides its card. */
export interface PlanTextParts {
  /** Who asked for it. */
  readonly origin?: Pick<PlanRecord["origin"], "requestedBy" | "agent">;
  /** Who asked for an earlier revision. */
  readonly alsoAskedBy?: readonly string[];
  readonly decisions?: readonly DecisionRecord[];
  /** Why the plan failed as a whole. */
  readonly error?: ErrorInfo | null;
  /** Says why an action failed, or is in doubt. */
  readonly ledger?: readonly ActionRecord[];
}

/** The card of a plan and its decisions for a terminal. What models and people wrote cannot move the cursor or pass for ours. */
export function planText(
  card: PlanCard,
  { origin, alsoAskedBy, decisions = [], error = null, ledger = [] }: PlanTextParts = {},
): string {
  const { title, status, display, planHash, fields, actions, warnings } = card;
  const head = table([
    ["plan", printableLine(title)],
    ["status", display === status ? status : `${status} (${printableLine(display)})`],
    ...(origin === undefined ? [] : [["asked by", requestersText({ ...origin, alsoAskedBy })]]),
    ["hash", planHash],
    ...(status === "approved" ? [["next", ASK_FOR_EXECUTION]] : []),
    ...(error === null ? [] : [["error", `${error.code} ${printableLine(error.message)}`]]),
    ...(error?.hint === undefined ? [] : [["fix", printableLine(error.hint)]]),
  ]);
  const parts = [
    [head, ...fields.map(fieldText)],
    ...actions.map((action, index) => actionLines(action, ledger[index]?.error ?? null)),
    warnings.map((warning) => `warning ${printableLine(warning)}`),
    decisions.length === 0 ? [] : [decisionLines(decisions)],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** What an approved plan waits for. Asking again where somebody has asked does no harm. */
export const ASK_FOR_EXECUTION =
  "It is applied once that is asked for: by a run whose executor calls `executePlan` (`bridle run --agent EXECUTOR …`), or by `runtime.plans.execute`.";

/** Which plans took back what this one applied. */
export function undoLines(undos: readonly Pick<PlanRecord, "planId" | "status">[]): readonly string[] {
  return undos.map(({ planId, status }) => `taken back by ${printableLine(planId)}  [${status}]`);
}

function actionLines(
  { title, fields, references, state, preview }: CardAction,
  error: ActionRecord["error"],
): readonly string[] {
  return [
    `${printableLine(title)}  [${state}]`,
    ...(error === null ? [] : [`${INDENT}why: ${error.code} ${printableLine(error.message)}`]),
    ...(error?.hint === undefined ? [] : [`${INDENT}fix: ${printableLine(error.hint)}`]),
    ...fields.map(fieldText),
    ...(preview === null ? [] : [`${INDENT}would: ${printableLine(preview)}`]),
    ...references.flatMap(referenceLines),
  ];
}

/** A glimpse is cut to a line; the whole is one command away. One that is gone has nothing to show. */
function referenceLines({ kind, id, glimpse }: CardReference): readonly string[] {
  const name = printableLine(`${kind} ${id}`);
  const line = `${INDENT}${name}  ${printableLine(shorten(JSON.stringify(glimpse), LINE_JSON_CHARS))}`;
  return glimpse === null ? [line] : [line, `${INDENT}${INDENT}all of it: bridle references show ${name}`];
}

const INDENT = "   ";

/** A field is set in further than any line of ours, and the lines of its value further than any label. */
function fieldText({ label, value }: CardField): string {
  const [first = "", ...more] = printable(value).split("\n");
  return [`${INDENT}${printableLine(label)}: ${first}`, ...more.map((line) => `${INDENT}${INDENT}${line}`)].join("\n");
}

/** Who said what, a line each. */
export function decisionLines(decisions: readonly DecisionRecord[]): string {
  return table(decisions.map(decisionCells));
}

function decisionCells(record: DecisionRecord): readonly string[] {
  const { at, decision, by, refused, note } = record;
  const ending = refused === null ? "" : [`refused: ${refused}`, ...answeredText(record)].join(" ");
  return [at, decision, printableLine(by), proofText(record), ending, printableLine(note ?? "")];
}
