import { preview } from "../../lib/cap-text.ts";
import type { ModelReply } from "../../models/port.ts";
import type { EventDraft, FinishReason } from "../../protocol/event.ts";
import type { ContentHash } from "../../protocol/ids.ts";
import { PREVIEW_CHARS } from "../../protocol/limits/text.ts";
import type { AssistantMessage, StopReason } from "../../protocol/message.ts";
import type { CallModelResult, FoundTurn, RequestedCall } from "../../protocol/turn.ts";
import type { StepCommit, StepEnd, TranscriptNode } from "../../state/port.ts";
import { transcriptNode } from "../../state/transcripts/transcript-node.ts";
import type { Conversation } from "./conversation.ts";
import { errorText } from "../error-text.ts";
import { untilStored } from "../until-stored.ts";
import { withFreshCallIds } from "./fresh-call-ids.ts";
import { type JudgedCall, judgeCalls } from "./judge-calls.ts";
import type { ModelStep } from "./model-step.ts";
import { callEvents, endEvents, usageEvents } from "./reply-events.ts";

/** A reply and everything needed to store it. */
export interface ReplyInHand {
  readonly talk: Conversation;
  readonly reply: ModelReply;
  readonly found: FoundTurn | undefined;
}

/** How a reply leaves the turn. */
interface Verdict {
  readonly judged: readonly JudgedCall[];
  readonly node: TranscriptNode;
  readonly result: CallModelResult;
  /** Set when the reply is the answer. */
  readonly answer: string | null;
}

/** Stores a reply with its calls, events and, when it is the answer, the end of the turn: all of it or nothing. */
export async function commitReply(step: ModelStep, given: ReplyInHand): Promise<CallModelResult> {
  const hand = { ...given, reply: withFreshCallIds(given.talk, given.reply, step.input.step) };
  const verdict = judgeReply(step, hand);
  const { store } = step.place;
  const commit = async (): Promise<StepEnd> => store.steps.commit(step.attempt, await stepCommit(step, hand, verdict));
  const end = await untilStored(step.host, commit, step.abandoned);
  // The journal holds only what this activity put there.
  return end.kind === "done" ? (end.result as unknown as CallModelResult) : verdict.result;
}

function judgeReply(step: ModelStep, { talk, reply, found }: ReplyInHand): Verdict {
  const judged = judgeCalls(step.place.binding.spec, step.agent, reply);
  const node = transcriptNode(talk.head, storedMessage(reply.message, judged));
  const runnable = judged.filter((call) => call.error === undefined);
  const base = { head: node.hash, ...(found === undefined ? {} : { found }) };
  if (runnable.length > 0)
    return { judged, node, answer: null, result: { ...base, next: "calls", calls: runnable.map(requestedCall) } };
  if (judged.length > 0) return { judged, node, answer: null, result: { ...base, next: "again", invalid: true } };
  if (reply.message.stop === "pause") return { judged, node, answer: null, result: { ...base, next: "again" } };
  const answer = textOf(reply.message);
  const finish = finishReason(reply.message.stop);
  return { judged, node, answer, result: { ...base, next: "end", finish, preview: preview(answer, PREVIEW_CHARS) } };
}

async function stepCommit(step: ModelStep, { talk, reply }: ReplyInHand, verdict: Verdict): Promise<StepCommit> {
  const { judged, node, result } = verdict;
  const close =
    verdict.answer === null
      ? undefined
      : turnClose(step, { answer: verdict.answer, head: node.hash, finish: result.finish ?? "stop" });
  const parent = step.beginning?.parent;
  const failed = judged.flatMap((call) =>
    call.error === undefined ? [] : [{ callId: call.id, content: errorText(call.error), isError: true }],
  );
  const events: readonly EventDraft[] = [
    ...callEvents(step, judged),
    ...usageEvents(step, reply),
    ...(close === undefined ? [] : await endEvents(step, close, reply.usage)),
  ];
  return {
    // A result of ours is plain JSON.
    result: JSON.parse(JSON.stringify(result)),
    nodes: [...talk.added, node],
    calls: judged.map((call, index) => ({
      callId: call.id,
      step: step.input.step,
      index,
      name: call.name,
      args: call.args,
    })),
    settle: failed,
    events,
    usage: reply.usage,
    ...(close === undefined ? {} : { close }),
    ...(parent == null
      ? {}
      : { openTurn: { parent: { turn: parent.turn, callId: parent.callId }, agent: step.agent.name } }),
  };
}

function turnClose(
  step: ModelStep,
  end: { answer: string; head: ContentHash; finish: FinishReason },
): NonNullable<StepCommit["close"]> {
  return {
    isRoot: step.place.isRoot,
    agent: step.agent.name,
    threadId: step.place.threadId,
    status: "completed",
    finish: end.finish,
    text: end.answer,
    error: null,
    head: step.agent.stateful ? end.head : null,
  };
}

/** The message as the transcript keeps it: with the calls as they were judged, so that arguments refused for their size are gone. */
function storedMessage(message: AssistantMessage, judged: readonly JudgedCall[]): AssistantMessage {
  const calls = new Map(judged.map(({ id, name, args }) => [id, { name, args }]));
  const parts = message.parts.map((part) => (part.type === "tool-call" ? { ...part, ...calls.get(part.id) } : part));
  return { ...message, parts };
}

function requestedCall({ id, name, agent, plan, builtIn }: JudgedCall): RequestedCall {
  return {
    id,
    name,
    ...(agent === undefined ? {} : { agent: agent.name }),
    ...(plan === undefined ? {} : { plan }),
    ...(builtIn === undefined ? {} : { builtIn }),
  };
}

function textOf(message: AssistantMessage): string {
  return message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
}

function finishReason(stop: StopReason): FinishReason {
  return stop === "length" || stop === "refusal" ? stop : "stop";
}
