import { StateError } from "../../protocol/errors.ts";
import { TOOL_ATTEMPTS } from "../../protocol/limits/tool.ts";
import type { RunToolInput } from "../../protocol/turn.ts";
import { agentTools } from "../../specs/agents/agent-tools.ts";
import type { ToolSpec } from "../../specs/tools/tool.ts";
import { catalogTool } from "./catalog-tools.ts";
import { findCall, type FoundCall } from "./find-call.ts";
import type { FoundPlace } from "../find-turn.ts";
import type { ActivityHost } from "../host.ts";
import { invokeTool, type ToolOutcome, unknownOutcome } from "./invoke-tool.ts";
import { planTool } from "./plan-tools/plan-tool.ts";
import { whyNotApproved } from "./require-approval.ts";
import { stepAttempt } from "../step-attempt.ts";
import { tellRetry } from "./tool-progress.ts";
import { storeResult } from "./tool-result.ts";
import type { ToolStep } from "./tool-step.ts";

/**
 * Runs one tool call and stores its result. Whatever the tool does wrong is a result for the model; the activity itself fails only
 * when it should run again.
 */
export async function runTool(host: ActivityHost, input: RunToolInput): Promise<void> {
  const found = await findCall(host, input);
  const { step, isBuiltIn } = openStep(host, found);
  const begun = await step.place.store.steps.begin(step.attempt, { isForGood: step.tool.effects === "once" });
  if (begun.kind === "done") return;
  host.crashPoints.pass("tool.called");
  const refusal = isBuiltIn ? null : await whyNotApproved(found, input);
  if (refusal !== null) return storeResult(step, { kind: "error", error: refusal });
  const outcome = begun.isRepeat ? await runAgain(step, begun.superseded) : await invokeTool(step);
  host.crashPoints.pass("tool.returned");
  await storeResult(step, outcome);
  host.crashPoints.pass("result.stored");
}

function openStep(
  host: ActivityHost,
  { place, agent, call }: FoundCall,
): { readonly step: ToolStep; readonly isBuiltIn: boolean } {
  const own = { host, place, agent: agent.name, call };
  const builtIn = planTool(own);
  const tool = builtIn ?? findTool(place, agent.name, call.name);
  const attempt = stepAttempt(place, `call:${call.callId}`);
  return { step: { ...own, tool, attempt }, isBuiltIn: builtIn !== undefined };
}

/** Calls the tool another time, if it may be; readers hear of it before anything that the call tells anew. */
async function runAgain(step: ToolStep, superseded: number | null): Promise<ToolOutcome> {
  const outcome = repeated(step);
  if (outcome !== undefined) return outcome;
  if (superseded !== null) await tellRetry(step, superseded);
  return invokeTool(step);
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
  const bound = isOwnTool(place, agent, name) ? tool : (catalogTool(tool, place.binding.data) ?? tool);
  if (bound !== undefined) return bound;
  throw new StateError(
    "SPEC_MISSING",
    `Agent "${agent}" of app "${place.binding.app}" has no tool "${name}" in this worker's build.`,
    {
      retryable: true,
      hint: "Start a worker with the build that began this run.",
    },
  );
}

function isOwnTool(place: FoundPlace, agentName: string, name: string): boolean {
  const agent = place.binding.spec.agents.find((candidate) => candidate.name === agentName);
  return agent?.tools.some((tool) => tool.name === name) === true;
}
