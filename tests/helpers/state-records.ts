import type { EventBody, EventDraft, RunEvent } from "../../src/protocol/event.ts";
import { RunId, Scope, ThreadId, ToolCallId, TurnId } from "../../src/protocol/ids.ts";
import type { ToolMessage, UserMessage } from "../../src/protocol/message.ts";
import type { NewRun, StepAttempt, TranscriptNode, TurnClose } from "../../src/state/port.ts";
import { transcriptNode } from "../../src/state/transcripts/transcript-node.ts";

export const ACME = Scope.parse({ tenant: "acme", workspace: "main" });

export const ROOT_CALL = ToolCallId.parse("call_1");

export function newRun(name = "run_1", changes: Partial<NewRun> = {}): NewRun {
  return {
    runId: RunId.parse(name),
    threadId: ThreadId.parse("thread_1"),
    app: "shop",
    agent: "boss",
    workflowId: "acme/main/thread/thread_1",
    prompt: "how many orders?",
    requestedBy: null,
    manifestHash: null,
    namespace: "default",
    status: "starting",
    ...changes,
  };
}

/** A step of the root turn of `run_1` unless told otherwise. */
export function stepAttempt(attempt: number, changes: Partial<StepAttempt> = {}): StepAttempt {
  return { runId: RunId.parse("run_1"), turn: TurnId.parse("run_1"), step: "model:1", attempt, ...changes };
}

export function textDraft(key: string, text = key): EventDraft {
  return eventDraft(key, { type: "text", step: 1, attempt: 1, text });
}

export function finishDraft(key = "finish"): EventDraft {
  const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  return eventDraft(key, { type: "finish", reason: "stop", text: "done", usage });
}

export function rootClose(changes: Partial<TurnClose> = {}): TurnClose {
  return {
    isRoot: true,
    agent: "boss",
    threadId: ThreadId.parse("thread_1"),
    status: "completed",
    finish: "stop",
    text: "12 orders",
    error: null,
    head: null,
    ...changes,
  };
}

export function userMessage(text: string): UserMessage {
  return { role: "user", parts: [{ type: "text", text }] };
}

export function toolMessage(content: string): ToolMessage {
  return { role: "tool", parts: [{ type: "tool-result", id: ROOT_CALL, name: "query", content, isError: false }] };
}

/** A conversation of `count` messages, oldest first. */
export function conversation(count: number, text = "message"): readonly TranscriptNode[] {
  const nodes: TranscriptNode[] = [];
  for (let index = 0; index < count; index++) {
    nodes.push(transcriptNode(nodes.at(-1)?.hash ?? null, userMessage(`${text} ${index}`)));
  }
  return nodes;
}

/** What a reader sees of text events, in order. */
export function texts(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === "text" ? [event.text] : []));
}

export async function collectEvents(stream: AsyncIterable<RunEvent>): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

export function eventDraft(key: string, body: EventBody): EventDraft {
  return { key, turn: TurnId.parse("run_1"), agent: "boss", body };
}
