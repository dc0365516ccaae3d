import { capText } from "../../lib/cap-text.ts";
import type { ModelReply } from "../../models/port.ts";
import type { EventBody, EventDraft } from "../../protocol/event.ts";
import type { ToolCallId, TurnId } from "../../protocol/ids.ts";
import { TOOL_RESULT_MODEL_BYTES } from "../../protocol/limits/tool.ts";
import type { Usage } from "../../protocol/usage.ts";
import { CALL_AGENT } from "../../specs/tools/built-in-tools.ts";
import type { CallRecord, CallResult, TurnClose } from "../../state/port.ts";
import type { Conversation } from "./conversation.ts";
import { boundedJson } from "../bounded-json.ts";
import { errorText } from "../error-text.ts";
import type { JudgedCall } from "./judge-calls.ts";
import type { ModelStep } from "./model-step.ts";

/** What readers hear of the calls a reply makes: each is announced, and one that cannot run is answered at once. */
export function callEvents(step: ModelStep, judged: readonly JudgedCall[]): readonly EventDraft[] {
  return judged.flatMap((call) => {
    const draft = callDraft(step, call.id);
    const { agent, error } = call;
    if (agent !== undefined) {
      return [
        draft("call", {
          type: "tool-agent",
          state: "call",
          toolInvocationId: call.id,
          agentName: agent.name,
          prompt: agent.prompt,
        }),
      ];
    }
    const named = { type: "tool-invocation", toolInvocationId: call.id, toolName: call.name } as const;
    const announced = draft("call", { ...named, state: "call", args: boundedJson(call.args) });
    if (error === undefined) return [announced];
    return [announced, draft("result", { ...named, state: "result", result: errorText(error), isError: true })];
  });
}

/** Results that only the workflow knew: refused calls and lost tools. Routed agents told of their end themselves, unless they could not. */
export function settledEvents(step: ModelStep, talk: Conversation): readonly EventDraft[] {
  const own = { turn: step.place.turn, agent: step.agent.name };
  return talk.settled.flatMap((result) => {
    const call = talk.calls.get(result.callId);
    return call === undefined ? [] : resultDraft(own, call, result);
  });
}

/** The event of a call's result, in the words of its kind. The same key whoever writes it, so that it is told once. */
export function resultDraft(
  own: { readonly turn: TurnId; readonly agent: string },
  call: CallRecord,
  result: CallResult | undefined,
): readonly EventDraft[] {
  if (result === undefined) return [];
  const routed = routedAgent(call);
  if (routed !== undefined) return [agentResultDraft(own, routed, result)];
  const { callId, content, isError } = result;
  const named = { type: "tool-invocation", toolInvocationId: callId, toolName: call.name } as const;
  return [
    { ...own, key: `${own.turn}:call:${callId}:result`, body: { ...named, state: "result", result: content, isError } },
  ];
}

/** How a routed agent's turn ended, for its parent's readers. The same key whoever tells it, so that it is told once. */
export function agentResultDraft(
  parent: { turn: TurnId; agent: string },
  agentName: string,
  result: CallResult,
): EventDraft {
  const { callId, content, isError } = result;
  return {
    key: `${parent.turn}:call:${callId}:result`,
    turn: parent.turn,
    agent: parent.agent,
    body: {
      type: "tool-agent",
      state: "result",
      toolInvocationId: callId,
      agentName,
      result: capText(content, TOOL_RESULT_MODEL_BYTES),
      isError,
    },
  };
}

/** What the reply cost. */
export function usageEvents(step: ModelStep, { usage }: ModelReply): readonly EventDraft[] {
  const model = step.agent.model.id;
  const own = step.log.draft("usage", { type: "usage", step: step.input.step, model, usage });
  if (step.place.isRoot) return [own];
  return [own, step.log.draft("agent-usage", { type: "data-tool-agent", agentName: step.agent.name, model, usage })];
}

/** The end of a turn: `finish` for the root, the parent's `tool-agent` result for a routed agent. */
export async function endEvents(step: ModelStep, close: TurnClose, usage: Usage): Promise<readonly EventDraft[]> {
  const { place, log, agent, beginning } = step;
  if (place.isRoot) {
    const run = await place.store.runs.get(place.runId);
    const total = run === null ? usage : addUsage(run.usage, usage);
    return [log.draft("finish", { type: "finish", reason: close.finish, text: close.text, usage: total })];
  }
  const parent = beginning?.parent ?? (await place.store.runs.turn(place.turn))?.parent;
  if (parent == null) return [];
  const caller = await place.store.runs.turn(parent.turn);
  const result = { callId: parent.callId, content: close.text, isError: false };
  return [agentResultDraft({ turn: parent.turn, agent: caller?.agent ?? agent.name }, agent.name, result)];
}

/** The agent a `call_agent` call named; its arguments were checked when it was made. */
function routedAgent({ name, args }: CallRecord): string | undefined {
  if (name !== CALL_AGENT || typeof args !== "object" || args === null || !("agent" in args)) return undefined;
  return typeof args.agent === "string" ? args.agent : undefined;
}

function callDraft(step: ModelStep, callId: ToolCallId): (name: string, body: EventBody) => EventDraft {
  const { turn } = step.place;
  return (name, body) => ({ key: `${turn}:call:${callId}:${name}`, turn, agent: step.agent.name, body });
}

/** Adds two counts of tokens. */
function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
  };
}
