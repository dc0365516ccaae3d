import { Context } from "@temporalio/activity";
import { BridleError } from "../protocol/errors.ts";
import type { EventDraft } from "../protocol/event.ts";
import type { EndTurnInput } from "../protocol/turn.ts";
import type { CallResult, StepAttempt, TurnClose } from "../state/port.ts";
import { errorText } from "./error-text.ts";
import { beginTurn, findPlace, type FoundPlace } from "./find-turn.ts";
import type { ActivityHost } from "./host.ts";
import { agentResultDraft } from "./reply-events.ts";
import { partialText } from "./partial-text.ts";

/** Closes a turn that failed or was cancelled: the thread stays as it was, readers hear why, and what was already said is kept. */
export async function endTurn(host: ActivityHost, input: EndTurnInput): Promise<void> {
  const place = await findPlace(host, input.ref);
  const agent = await ensureBegun(place, input);
  const { runId, turn } = place;
  const attempt: StepAttempt = { runId, turn, step: "end", attempt: Context.current().info.attempt };
  const begun = await place.store.steps.begin(attempt);
  if (begun.kind === "done") return;
  const close = await turnClose(place, input, agent);
  const { parent } = input;
  await place.store.steps.commit(attempt, {
    result: null,
    close,
    events: await endEvents(place, input, close),
    ...(parent === undefined ? {} : { openTurn: { parent: { turn: parent.turn, callId: parent.callId }, agent } }),
  });
  host.crashPoints.pass("turn.ended");
}

/** A turn may end before its first step was recorded; its run must exist all the same. Returns the agent's name. */
async function ensureBegun(place: FoundPlace, { first, ref }: EndTurnInput): Promise<string> {
  if (first === undefined) return ref.agent ?? "unknown";
  try {
    return (await beginTurn(place, first)).agent.name;
  } catch (error) {
    if (error instanceof BridleError && !error.retryable) return ref.agent ?? "unknown";
    throw error;
  }
}

async function turnClose(place: FoundPlace, input: EndTurnInput, agent: string): Promise<TurnClose> {
  const { status, finish, error } = input;
  const text = await partialText(place, input.step);
  const { isRoot, threadId } = place;
  return { isRoot, agent, threadId, status, finish, text, error: error ?? null, head: null };
}

async function endEvents(place: FoundPlace, input: EndTurnInput, close: TurnClose): Promise<readonly EventDraft[]> {
  const { error, parent } = input;
  const { turn, store, isRoot } = place;
  const own = { turn, agent: close.agent };
  if (isRoot) {
    const usage = (await store.runs.get(place.runId))?.usage ?? NO_USAGE;
    const finish: EventDraft = {
      ...own,
      key: `${turn}:end:finish`,
      body: { type: "finish", reason: close.finish, text: close.text, usage },
    };
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

const NO_USAGE = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
