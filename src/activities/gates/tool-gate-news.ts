import { preview } from "../../lib/cap-text.ts";
import { BridleError } from "../../protocol/errors.ts";
import type { EventBody, EventDraft } from "../../protocol/event.ts";
import type { Gate } from "../../protocol/gate.ts";
import { ToolCallId } from "../../protocol/ids.ts";
import { PREVIEW_CHARS } from "../../protocol/limits/text.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import type { FoundCall } from "../tools/find-call.ts";
import type { FoundPlace } from "../find-turn.ts";

/** Tells the readers of a run that a call waits for a person, once. */
export async function tellGate({ place, agent }: Pick<FoundCall, "place" | "agent">, gate: Gate): Promise<void> {
  const { contentHash, deadline, subject, reason } = gate;
  if (subject.kind !== "tool") return;
  const why = reason === undefined ? "" : `, because ${reason}`;
  const title = preview(`Call of tool ${subject.tool} by ${agent.name}${why}`, PREVIEW_CHARS);
  await tell(
    place,
    { agent: agent.name, name: `${gate.id}:gate` },
    {
      type: "approval-required",
      gate: gate.id,
      contentHash,
      title,
      deadline,
      tool: subject.tool,
      toolInvocationId: ToolCallId.parse(subject.callId),
    },
  );
}

/** Tells the readers of a run of a decision that counted, once. */
export async function tellDecision(place: FoundPlace, gate: Gate, record: DecisionRecord): Promise<void> {
  const { subject, requestedBy, agent = requestedBy } = gate;
  if (subject.kind !== "tool") return;
  const { decision, by, note, decisionId } = record;
  await tell(
    place,
    { agent, name: `${gate.id}:decision:${decisionId}` },
    {
      type: "approval-decision",
      gate: gate.id,
      decision,
      by,
      note,
      tool: subject.tool,
      toolInvocationId: ToolCallId.parse(subject.callId),
    },
  );
}

async function tell(
  { store, runId, turn }: FoundPlace,
  { agent, name }: { readonly agent: string; readonly name: string },
  body: EventBody,
): Promise<void> {
  const draft: EventDraft = { key: `${turn}:${name}`, turn, agent, body };
  try {
    await store.log.append(runId, [draft]);
  } catch (error) {
    // A run that has ended hears nothing; the gate's own record is complete.
    if (!(error instanceof BridleError) || error.code !== "STEP_SUPERSEDED") throw error;
  }
}
