import type { ActionRecord, DecisionRecord } from "../../protocol/plan.ts";
import type { PlanGate } from "../../runtime/plans/plan-gates.ts";
import type { PlanRevision } from "../../state/plan-port.ts";
import { countOf } from "../output/count-of.ts";
import { printableLine } from "../output/printable.ts";
import { endText, ruleText } from "./gate-lines.ts";
import { table } from "../output/table.ts";

/** Everything the store knows about how a plan came to be applied. */
export interface Audit {
  readonly revisions: readonly PlanRevision[];
  /** What was required of people. */
  readonly gates: readonly PlanGate[];
  readonly decisions: readonly DecisionRecord[];
  readonly actions: readonly ActionRecord[];
}

/** Who decided what, on which content, and what was done, in the order it happened. */
export function auditText({ revisions, gates, decisions, actions }: Audit): string {
  const parts = [
    [
      "content",
      revisions.map(({ at, revision, planHash, editedBy }) => [at, `revision ${revision}`, planHash, by(editedBy)]),
    ],
    ["required", gates.map(gateCells)],
    [
      "decisions",
      decisions.map((answer) => [
        answer.at,
        answer.decision,
        printableLine(answer.by),
        `revision ${answer.revision}`,
        answer.contentHash,
        `${printableLine(answer.channel)}/${answer.authn}`,
        answer.refused === null ? "counted" : `refused: ${answer.refused}`,
        printableLine(answer.note ?? ""),
      ]),
    ],
    ["actions", actions.map(actionCells)],
    ["settled", actions.flatMap(settlementCells)],
  ] as const;
  return parts
    .filter(([, rows]) => rows.length > 0)
    .map(([title, rows]) => `${title}\n${table(rows)}`)
    .join("\n\n");
}

function by(name: string | null): string {
  return name === null ? "by its planner" : `edited by ${printableLine(name)}`;
}

function gateCells({
  openedAt,
  revision,
  rule,
  mode,
  requestedBy,
  deadline,
  status,
  outcome,
}: PlanGate): readonly string[] {
  const end = status === "open" ? "waits" : "closed";
  return [
    openedAt,
    `revision ${revision}`,
    ruleText(rule),
    mode === "signed" ? "signed" : "unsigned too",
    `asked by ${printableLine(requestedBy)}`,
    deadline === null ? "no deadline" : `until ${deadline}`,
    outcome === null ? end : endText(outcome),
  ];
}

function actionCells({
  at,
  index,
  kind,
  state,
  attempts,
  entitiesAffected,
  summary,
  error,
  idempotencyKey,
}: ActionRecord): readonly string[] {
  return [
    at ?? "",
    String(index),
    printableLine(kind),
    state,
    countOf(attempts, "attempt"),
    entitiesAffected === null ? "" : `${entitiesAffected.toLocaleString("en-US")} affected`,
    printableLine(idempotencyKey),
    printableLine(error?.message ?? summary ?? ""),
  ];
}

function settlementCells({ index, settlement }: ActionRecord): readonly (readonly string[])[] {
  if (settlement === null) return [];
  const { at, as, channel, note } = settlement;
  return [[at, String(index), `unknown → ${as}`, printableLine(settlement.by), channel, printableLine(note ?? "")]];
}
