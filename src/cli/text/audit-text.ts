import type { ActionRecord, DecisionRecord } from "../../protocol/plan.ts";
import { isUndoId } from "../../protocol/undo-id.ts";
import type { PlanGate } from "../../runtime/plans/plan-gates.ts";
import type { PlanRecord, PlanRevision } from "../../state/plan-port.ts";
import { countOf } from "../output/count-of.ts";
import { printableLine } from "../output/printable.ts";
import { answeredText, proofText } from "./decision-proof.ts";
import { endText, requestersText, ruleText } from "./gate-lines.ts";
import { table } from "../output/table.ts";

/** Everything the store knows about how a plan came to be applied. */
export interface Audit {
  readonly plan: Pick<PlanRecord, "planId">;
  readonly revisions: readonly PlanRevision[];
  /** What was required of people. */
  readonly gates: readonly PlanGate[];
  readonly decisions: readonly DecisionRecord[];
  readonly actions: readonly ActionRecord[];
}

/** Who decided what, on which content, and what was done, in the order it happened. */
export function auditText({ plan, revisions, gates, decisions, actions }: Audit): string {
  const parts = [
    [
      "content",
      revisions.map((stored) => [stored.at, `revision ${stored.revision}`, stored.planHash, author(plan, stored)]),
    ],
    ["required", gates.map(gateCells)],
    [
      "decisions",
      decisions.map((answer) => [
        answer.at,
        answer.decision,
        printableLine(answer.by),
        `revision ${answer.revision}`,
        [answer.contentHash, ...answeredText(answer)].join(" "),
        proofText(answer),
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

/** An undo is made for the person who asks, and a plan of host code for whom it says; a planner is only behind the others. */
function author({ planId }: Audit["plan"], { editedBy, requestedBy, agent }: PlanRevision): string {
  if (editedBy !== null) return `edited by ${printableLine(editedBy)}`;
  if (requestedBy === null) return "who asked is not on record";
  const who = printableLine(requestedBy);
  if (isUndoId(planId)) return `asked for by ${who}`;
  if (agent === null) return `by ${who}`;
  return agent === requestedBy ? `by ${who}` : `by ${printableLine(agent)}, asked for by ${who}`;
}

function gateCells({
  openedAt,
  revision,
  rule,
  mode,
  requestedBy,
  alsoAskedBy,
  agent,
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
    `asked by ${requestersText({ requestedBy, agent, alsoAskedBy })}`,
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
