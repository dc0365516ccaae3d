import { Context } from "@temporalio/activity";
import { ToolCallId } from "../protocol/ids.ts";
import { InternalError, StateError } from "../protocol/errors.ts";
import type { RunToolInput } from "../protocol/turn.ts";
import { agentTools } from "../specs/agent-tools.ts";
import type { ToolSpec } from "../specs/tool.ts";
import { findAgent, findPlace, type FoundPlace } from "./find-turn.ts";
import type { ActivityHost } from "./host.ts";
import { invokeTool } from "./invoke-tool.ts";
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
  const outcome = await invokeTool(step);
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
  const tool = findTool(place, agent, call.name);
  const attempt = {
    runId: place.runId,
    turn: place.turn,
    step: `call:${callId}`,
    attempt: Context.current().info.attempt,
  };
  return { host, place, agent, call, tool, attempt };
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
