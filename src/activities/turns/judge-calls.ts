import { byteLength } from "../../lib/cap-text.ts";
import type { ErrorInfo } from "../../protocol/errors.ts";
import type { ToolCallId } from "../../protocol/ids.ts";
import type { Json } from "../../protocol/json.ts";
import { TOOL_ARGS_BYTES } from "../../protocol/limits/tool.ts";
import { CALLS_PER_STEP } from "../../protocol/limits/turn.ts";
import type { AgentManifest } from "../../protocol/manifest.ts";
import type { ToolCallPart } from "../../protocol/message.ts";
import type { ModelReply } from "../../models/port.ts";
import { agentTools } from "../../specs/agents/agent-tools.ts";
import type { RuntimeSpec } from "../../specs/runtime-spec.ts";
import { CALL_AGENT, callAgentInput } from "../../specs/tools/built-in-tools.ts";
import { valueAt } from "../../specs/field-path.ts";
import type { InputSchema } from "../../specs/schemas/input-schema.ts";
import { EXECUTE_PLAN } from "../../specs/plans/plan-tools.ts";
import { issuesText } from "../error-text.ts";
import { planToolInput } from "../tools/plan-tools/plan-tool-input.ts";

/** One tool call of a reply: fit to run, or the error its caller gets. */
export interface JudgedCall {
  readonly id: ToolCallId;
  readonly name: string;
  readonly args: Json;
  readonly agent?: { readonly name: string; readonly prompt: string };
  /** The plan that an `executePlan` call names. */
  readonly plan?: string;
  /** Set for the plan tools of the agent's role. */
  readonly builtIn?: true;
  readonly error?: ErrorInfo;
}

/**
 * Looks at every tool call of a reply before the workflow hears of it. A call that cannot run is not an exception: the model
 * gets the reason as the call's result and may try again.
 */
export function judgeCalls(spec: RuntimeSpec, agent: AgentManifest, reply: ModelReply): readonly JudgedCall[] {
  const calls = reply.message.parts.filter((part) => part.type === "tool-call");
  return calls.map((call, index) => judge({ spec, agent, reply }, call, index));
}

interface Judging {
  readonly spec: RuntimeSpec;
  readonly agent: AgentManifest;
  readonly reply: ModelReply;
}

function judge(judging: Judging, given: ToolCallPart, index: number): JudgedCall {
  // Names are stored as plain text, in which Postgres takes no NUL.
  const call = { ...given, name: given.name.replaceAll("\0", "\uFFFD") };
  const { id, name } = call;
  const size = byteLength(JSON.stringify(call.args));
  const args = size > TOOL_ARGS_BYTES ? droppedArgs(size) : call.args;
  const error = unusable(judging, call, index) ?? tooLarge(name, size);
  if (error !== undefined) return { id, name, args, error };
  return name === CALL_AGENT && judging.agent.role === "coordinator"
    ? judgeAgentCall(judging, call)
    : judgeToolCall(judging, call);
}

function unusable({ reply }: Judging, call: ToolCallPart, index: number): ErrorInfo | undefined {
  if (reply.message.stop === "length") {
    return {
      code: "OUTPUT_TRUNCATED",
      message: "The reply was cut at its token limit, so this call was not run. Ask again with less output.",
    };
  }
  if (index >= CALLS_PER_STEP) {
    return {
      code: "TOOL_CALLS_TOO_MANY",
      message: `One reply may hold ${CALLS_PER_STEP} tool calls; this is number ${index + 1} and was not run.`,
    };
  }
  const complaint = reply.malformedArgs[call.id];
  if (complaint !== undefined)
    return { code: "TOOL_ARGS_INVALID", message: `The arguments of "${call.name}" are not JSON: ${complaint}` };
  return undefined;
}

function tooLarge(name: string, size: number): ErrorInfo | undefined {
  if (size <= TOOL_ARGS_BYTES) return undefined;
  const message = `The arguments of "${name}" have ${size} bytes; at most ${TOOL_ARGS_BYTES} are accepted. Pass a reference instead of the data.`;
  return { code: "TOOL_ARGS_TOO_LARGE", message };
}

/** What stays in the transcript of arguments that were refused for their size. */
function droppedArgs(size: number): Json {
  return { dropped: `${size} bytes of arguments` };
}

function judgeAgentCall({ agent }: Judging, { id, name, args }: ToolCallPart): JudgedCall {
  const parsed = callAgentInput(agent.routes).parse(args);
  if (!parsed.ok) return { id, name, args, error: invalidArgs(name, issuesText(parsed.issues)) };
  const { agent: routed, prompt } = parsed.value;
  return { id, name, args, agent: { name: routed, prompt } };
}

function judgeToolCall({ spec, agent }: Judging, { id, name, args }: ToolCallPart): JudgedCall {
  const builtIn = planToolInput(spec, agent.name, name);
  if (builtIn !== undefined) return judgePlanCall(builtIn, { id, name, args });
  const tools = agentTools(spec, agent.name);
  const tool = tools.get(name);
  if (tool === undefined) return { id, name, args, error: unknownTool(name, agent) };
  const parsed = tool.input.parse(args);
  return parsed.ok ? { id, name, args } : { id, name, args, error: invalidArgs(name, issuesText(parsed.issues)) };
}

function judgePlanCall(input: InputSchema, { id, name, args }: Pick<ToolCallPart, "id" | "name" | "args">): JudgedCall {
  const parsed = input.parse(args);
  if (!parsed.ok) return { id, name, args, error: invalidArgs(name, issuesText(parsed.issues)) };
  const plan = name === EXECUTE_PLAN ? valueAt(parsed.value, ["planId"]) : undefined;
  return { id, name, args, builtIn: true, ...(typeof plan === "string" ? { plan } : {}) };
}

function unknownTool(name: string, agent: AgentManifest): ErrorInfo {
  const known = agent.tools.map((tool) => tool.name).join(", ");
  return {
    code: "TOOL_UNKNOWN",
    message: `There is no tool "${name}". The tools are: ${known === "" ? "none" : known}.`,
  };
}

function invalidArgs(name: string, issues: string): ErrorInfo {
  return {
    code: "TOOL_ARGS_INVALID",
    message: `The arguments of "${name}" are wrong. Correct them and call again.\n${issues}`,
  };
}
