import { Context } from "@temporalio/activity";
import type { EventDraft } from "../../protocol/event.ts";
import { isFinalRunStatus, type RunRecord } from "../../protocol/run.ts";
import type { EndTurnInput } from "../../protocol/turn.ts";
import type { CallRecord, CallResult, TurnClose } from "../../state/port.ts";
import { errorText } from "../error-text.ts";
import { findPlace, type FoundPlace } from "../find-turn.ts";
import type { ActivityHost } from "../host.ts";
import { partialText } from "./partial-text.ts";
import { agentResultDraft, resultDraft } from "./reply-events.ts";
import { stepAttempt } from "../step-attempt.ts";

/** Closes a turn that failed or was cancelled: the thread stays as it was, readers hear why, and what was already said is kept. */
export async function endTurn(host: ActivityHost, input: EndTurnInput): Promise<void> {
  const place = await findPlace(host, input.ref);
  const run = await place.store.runs.get(place.runId);
  if (run === null || !mayClose(run, input)) return;
  const attempt = stepAttempt(place, "end");
  const begun = await place.store.steps.begin(attempt);
  if (begun.kind === "done") return;
  const agent = input.ref.agent ?? run.agent;
  const close = await turnClose(place, input, agent);
  const unanswered = await unansweredCalls(place, input);
  const settle = unanswered.map((call) => unansweredResult(call, input));
  const { parent } = input;
  await place.store.steps.commit(attempt, {
    result: null,
    close,
    settle,
    events: [
      ...unanswered.map((call, index) => resultDraft({ turn: place.turn, agent }, call, settle[index])).flat(),
      ...(await endEvents(place, input, { close, usage: run.usage })),
    ],
    ...(parent === undefined ? {} : { openTurn: { parent: { turn: parent.turn, callId: parent.callId }, agent } }),
  });
  host.crashPoints.pass("turn.ended");
}

/** Only the execution that has a run may end it; a run that nobody has yet is its own workflow's. */
function mayClose(run: RunRecord, { executionId, parent }: EndTurnInput): boolean {
  if (isFinalRunStatus(run.status)) return false;
  if (parent !== undefined) return true;
  if (run.executionId !== null) return run.executionId === executionId;
  return run.workflowId === Context.current().info.workflowExecution?.workflowId;
}

async function turnClose(place: FoundPlace, input: EndTurnInput, agent: string): Promise<TurnClose> {
  const { status, finish, error } = input;
  const text = await partialText(place, input.step);
  const { isRoot, threadId } = place;
  return { isRoot, agent, threadId, status, finish, text, error: error ?? null, head: null };
}

/** Calls that nothing answered: the last reply's, or the one's before where the step that would tell of them never began. */
async function unansweredCalls(place: FoundPlace, { step }: EndTurnInput): Promise<readonly CallRecord[]> {
  const { steps } = place.store;
  const calls = await Promise.all([steps.calls(place.turn, step - 1), steps.calls(place.turn, step)]);
  return calls.flat().filter((call) => call.result === null);
}

function unansweredResult({ callId }: CallRecord, { status, error }: EndTurnInput): CallResult {
  const reason = status === "cancelled" ? "was cancelled" : `failed (${error?.code ?? "INTERNAL"})`;
  return { callId, content: `CANCELLED: The turn ${reason} before this call was answered.`, isError: true };
}

async function endEvents(
  { turn, store, isRoot }: FoundPlace,
  { error, parent }: EndTurnInput,
  { close, usage }: { readonly close: TurnClose; readonly usage: RunRecord["usage"] },
): Promise<readonly EventDraft[]> {
  const own = { turn, agent: close.agent };
  if (isRoot) {
    const body = { type: "finish", reason: close.finish, text: close.text, usage } as const;
    const finish: EventDraft = { ...own, key: `${turn}:end:finish`, body };
    return error === undefined
      ? [finish]
      : [{ ...own, key: `${turn}:end:error`, body: { type: "error", ...error } }, finish];
  }
  if (parent === undefined) return [];
  const content = error === undefined ? "AGENT_FAILED: The agent's turn was cancelled." : errorText(error);
  const result: CallResult = { callId: parent.callId, content, isError: true };
  const caller = await store.runs.turn(parent.turn);
  return [agentResultDraft({ turn: parent.turn, agent: caller?.agent ?? close.agent }, close.agent, result)];
}
