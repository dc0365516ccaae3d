import type { ModelReply } from "../../models/port.ts";
import { ToolCallId } from "../../protocol/ids.ts";
import type { AssistantMessage } from "../../protocol/message.ts";
import type { Conversation } from "./conversation.ts";

/** How much of a provider's id is kept when it must be told apart. */
const ID_CHARS = 100;

/**
 * Some providers number their calls anew in every reply. A call's id is its name in the whole conversation here, so one that was
 * used before gets the step's number behind it; the same on every attempt.
 */
export function withFreshCallIds(talk: Conversation, reply: ModelReply, step: number): ModelReply {
  const used = usedIds(talk);
  const renamed = new Map<string, ToolCallId>();
  for (const part of reply.message.parts) {
    if (part.type !== "tool-call") continue;
    if (used.has(part.id)) renamed.set(part.id, freshId(used, part.id, step));
    used.add(renamed.get(part.id) ?? part.id);
  }
  if (renamed.size === 0) return reply;
  const malformed = Object.entries(reply.malformedArgs).map(([id, complaint]) => [renamed.get(id) ?? id, complaint]);
  return { ...reply, message: renameCalls(reply.message, renamed), malformedArgs: Object.fromEntries(malformed) };
}

function usedIds({ before, added }: Conversation): Set<string> {
  const parts = [...before, ...added].flatMap(({ message }) => (message.role === "assistant" ? message.parts : []));
  return new Set(parts.flatMap((part) => (part.type === "tool-call" ? [part.id] : [])));
}

function freshId(used: ReadonlySet<string>, id: string, step: number): ToolCallId {
  const stem = `${id.slice(0, ID_CHARS)}_s${step}`;
  let candidate = stem;
  for (let copy = 2; used.has(candidate); copy++) candidate = `${stem}_${copy}`;
  return ToolCallId.parse(candidate);
}

function renameCalls(message: AssistantMessage, renamed: ReadonlyMap<string, ToolCallId>): AssistantMessage {
  const parts = message.parts.map((part) =>
    part.type === "tool-call" ? { ...part, id: renamed.get(part.id) ?? part.id } : part,
  );
  return { ...message, parts };
}
