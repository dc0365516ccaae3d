import { refusedCall } from "../../engine/refused-call.ts";
import { ContentHash, type ToolCallId, TurnId } from "../../protocol/ids.ts";
import type { ToolMessage, ToolResultPart, UserMessage } from "../../protocol/message.ts";
import { InternalError } from "../../protocol/errors.ts";
import type { CallOutcome } from "../../protocol/turn.ts";
import type { CallRecord, CallResult, TranscriptNode } from "../../state/port.ts";
import { transcriptNode } from "../../state/transcripts/transcript-node.ts";
import { errorText } from "../error-text.ts";
import type { ModelStep } from "./model-step.ts";
import { planResult } from "../plans/plan-result.ts";

/** What a model step talks about: the messages so far, and those this step adds before the reply. */
export interface Conversation {
  readonly before: readonly TranscriptNode[];
  readonly added: readonly TranscriptNode[];
  /** Hash of the last message before the reply. */
  readonly head: ContentHash;
  /** Results that became known only now; they are stored and told when the step begins. */
  readonly settled: readonly CallResult[];
  /** The calls of the step before, by id. */
  readonly calls: ReadonlyMap<string, CallRecord>;
}

/** Loads the conversation and adds what this step brings: the prompt, or the results of the calls before. */
export async function conversation(step: ModelStep): Promise<Conversation> {
  return step.beginning === null ? afterCalls(step) : opening(step, step.beginning);
}

async function opening(
  step: ModelStep,
  { head, prompt }: { head: ContentHash | null; prompt: string },
): Promise<Conversation> {
  const before = head === null ? [] : await step.place.store.transcripts.load(head);
  const message: UserMessage = { role: "user", parts: [{ type: "text", text: prompt }] };
  const node = transcriptNode(head, message);
  return { before, added: [node], head: node.hash, settled: [], calls: new Map() };
}

async function afterCalls(step: ModelStep): Promise<Conversation> {
  const { store, turn } = step.place;
  const head = ContentHash.parse(step.input.head);
  const [before, calls] = await Promise.all([
    store.transcripts.load(head),
    store.steps.calls(turn, step.input.step - 1),
  ]);
  const byId = new Map(calls.map((call) => [call.callId as string, call]));
  if (calls.length === 0) return { before, added: [], head, settled: [], calls: byId };
  const outcomes = new Map((step.input.outcomes ?? []).map((outcome) => [outcome.callId, outcome]));
  const results = await Promise.all(calls.map((call) => settle(step, call, outcomes.get(call.callId))));
  const message: ToolMessage = { role: "tool", parts: calls.map((call, index) => resultPart(call, results[index])) };
  const node = transcriptNode(head, message);
  const settled = results.filter((_, index) => calls[index]?.result === null);
  return { before, added: [node], head: node.hash, settled, calls: byId };
}

/** Every call has exactly one result before the model is called again; without it providers refuse the whole conversation. */
async function settle(step: ModelStep, call: CallRecord, outcome: CallOutcome | undefined): Promise<CallResult> {
  if (call.result !== null) return call.result;
  if (outcome === undefined) throw new InternalError(`Call ${call.callId} ("${call.name}") ended without a result.`);
  if ("error" in outcome) return errorResult(call.callId, errorText(outcome.error));
  if ("gate" in outcome) return refusedResult(step, call, outcome.gate);
  if ("plan" in outcome) return planResult(step.place.store, call.callId, outcome.plan);
  return agentResult(step, call.callId, TurnId.parse(outcome.turn));
}

async function agentResult(step: ModelStep, callId: ToolCallId, turn: TurnId): Promise<CallResult> {
  const { runs, gates } = step.place.store;
  const record = await runs.turn(turn);
  if (record?.status === "completed") return { callId, content: record.text ?? "", isError: false };
  await gates.closeOf(turn); // a turn that was terminated closed none itself
  if (record?.error == null) return errorResult(callId, "AGENT_FAILED: The agent's turn was stopped.");
  return errorResult(callId, `AGENT_FAILED: ${record.error.code}: ${record.error.message}`);
}

async function refusedResult({ place }: ModelStep, { callId, name }: CallRecord, gate: string): Promise<CallResult> {
  return errorResult(callId, errorText(refusedCall(name, await place.store.gates.decisions(gate))));
}

function errorResult(callId: ToolCallId, content: string): CallResult {
  return { callId, content, isError: true };
}

function resultPart(call: CallRecord, result: CallResult | undefined): ToolResultPart {
  if (result === undefined) throw new InternalError(`Call ${call.callId} lost its result.`);
  const { content, isError, blob } = result;
  return {
    type: "tool-result",
    id: call.callId,
    name: call.name,
    content,
    isError,
    ...(blob === undefined ? {} : { blob }),
  };
}
