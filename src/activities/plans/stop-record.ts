import { Context } from "@temporalio/activity";
import { capText } from "../../lib/cap-text.ts";
import { DECISION_NOTE_BYTES } from "../../protocol/limits/gate.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import type { PlanStop } from "../../protocol/plan-flow.ts";
import type { PlanRecord } from "../../state/plan-port.ts";

/** Someone's word that a plan shall stop, and how it is told from another one of the same execution. */
export interface ToldStop {
  readonly stop: PlanStop;
  readonly name: string;
  /** False when the plan had come to its end by itself. */
  readonly counts: boolean;
}

/** What the record keeps of who cancelled a plan. Stopping applies less, so nobody proves who they are; a signal may hold any text. */
export function stopRecord({ gate, planHash, revision }: PlanRecord, { stop, name, counts }: ToldStop): DecisionRecord {
  const { by, note, channel, at } = stop;
  const execution = Context.current().info.workflowExecution?.runId ?? "";
  return {
    decisionId: `cancel_${execution}_${name}`,
    gate: gate?.id ?? "",
    contentHash: planHash,
    decision: "cancel",
    by: capText(by, DECISION_NOTE_BYTES),
    at,
    authn: "none",
    channel: capText(channel, DECISION_NOTE_BYTES),
    note: note === null ? null : capText(note, DECISION_NOTE_BYTES),
    revision,
    refused: counts ? null : "closed",
  };
}
