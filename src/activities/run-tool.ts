import { ToolCallId } from "../protocol/ids.ts";
import { InternalError, StateError } from "../protocol/errors.ts";
import { TOOL_ATTEMPTS } from "../protocol/limits.ts";
import type { RunToolInput } from "../protocol/turn.ts";
import { agentTools } from "../specs/agent-tools.ts";
import type { ToolSpec } from "../specs/tool.ts";
import { findAgent, findPlace, type FoundPlace } from "./find-turn.ts";
import type { ActivityHost } from "./host.ts";
import { invokeTool, type ToolOutcome, unknownOutcome } from "./invoke-tool.ts";
import { planTool } from "./plan-tools/plan-tool.ts";
import { stepAttempt } from "./step-attempt.ts";
import { storeResult } from "./tool-result.ts";
import type { ToolStep } from "./tool-step.ts";

/**
 * Runs one tool call and stores its result. Whatever the tool does wrong is a result for the model; the activity itself fails only
 * when it should run again.
 */
export async function runTool(host: ActivityHost, input: RunToolInput): Promise<void> {
  const step = await openStep(host, input);
  const begun = await step.place.store.steps.begin(step.attempt);
  if (begun.kind === "done") return;
  host.crashPoints.pass("tool.called");
  const outcome = (begun.isRepeat ? repeated(step) : undefined) ?? (await invokeTool(step));
  host.crashPoints.pass("tool.returned");
  await storeResult(step, outcome);
  host.crashPoints.pass("result.stored");
}

async function openStep(host: ActivityHost, input: RunToolInput): Promise<ToolStep> {
  const place = await findPlace(host, input.ref);
  const agent = findAgent(place.binding, input.ref.agent).name;
  const callId = ToolCallId.parse(input.callId);
  const call = await place.store.steps.call(place.turn, callId);
  if (call === null) throw new InternalError(`Call ${callId} of turn ${place.turn} is not in the store.`);
  const tool = planTool({ host, place, agent, call }) ?? findTool(place, agent, call.name);
  return { host, place, agent, call, tool, attempt: stepAttempt(place, `call:${callId}`) };
}

/**
 * What to make of a call that an earlier attempt may have run. A tool that must happen once is not started again, whoever asks:
 * a retry, a reset or another worker. One that took too many workers with it is given up.
 */
function repeated({ tool, attempt }: ToolStep): ToolOutcome | undefined {
  if (tool.effects === "once") return { kind: "error", error: unknownOutcome(tool.name) };
  if (attempt.attempt <= TOOL_ATTEMPTS) return undefined;
  const message = `Tool "${tool.name}" was given up: its worker stopped in each of ${attempt.attempt - 1} attempts.`;
  return { kind: "error", error: { code: "TOOL_FAILED", message } };
}

/** A worker without the tool is an older or newer build; another one may have it. */
function findTool(place: FoundPlace, agent: string, name: string): ToolSpec {
  const tool = agentTools(place.binding.spec, agent).get(name);
  if (tool !== undefined) return tool;
  throw new StateError(
    "SPEC_MISSING",
    `Agent "${agent}" of app "${place.binding.app}" has no tool "${name}" in this worker's build.`,
    {
      retryable: true,
      hint: "Start a worker with the build that began this run.",
    },
  );
}
