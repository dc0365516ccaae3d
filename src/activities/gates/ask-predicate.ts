import { Context } from "@temporalio/activity";
import { CancelledFailure } from "@temporalio/common";
import { preview } from "../../lib/cap-text.ts";
import { redact } from "../../lib/redact.ts";
import { thrownMessage } from "../../lib/thrown-text.ts";
import { PREDICATE_TIMEOUT_MS } from "../../protocol/limits/gate.ts";
import { PREVIEW_CHARS } from "../../protocol/limits/text.ts";
import { TOOL_ATTEMPTS } from "../../protocol/limits/tool.ts";
import { agentTools } from "../../specs/agents/agent-tools.ts";
import { CALL_AGENT, callAgentInput } from "../../specs/tools/built-in-tools.ts";
import type { InputSchema } from "../../specs/schemas/input-schema.ts";
import type { ApprovalPredicate } from "../../specs/tools/tool.ts";
import type { PredicateContext } from "../../specs/tools/tool-context.ts";
import type { FoundCall } from "../tools/find-call.ts";

/** Whether a person must be asked about a call; `reason` says why where the predicate itself did not. */
export type PredicateAnswer = { readonly asks: false } | { readonly asks: true; readonly reason?: string };

/**
 * Asks the predicate of that name about one call, with the arguments as the handler would get them. Only a plain `false` lets a call
 * through unasked: a predicate that is missing, throws, hangs or says something else leaves the decision to a person.
 */
export async function askPredicate(found: FoundCall, predicateId: string): Promise<PredicateAnswer> {
  const said = `predicate "${predicateId}"`;
  if (Context.current().info.attempt > TOOL_ATTEMPTS) return failed(`the worker stopped each time it asked ${said}`);
  const input = inputOf(found);
  const predicate = predicateOf(found, predicateId);
  if (predicate === undefined || input === undefined) return failed(`${said} is not known to this worker`);
  const parsed = input.parse(found.call.args);
  if (!parsed.ok) return failed(`${said} could not be asked: the arguments no longer fit the tool`);
  try {
    const answer: unknown = await withinTime((signal) => predicate(parsed.value, predicateContext(found, signal)));
    if (typeof answer === "boolean") return { asks: answer };
    return failed(`${said} returned ${answer === null ? "null" : typeof answer} instead of a boolean`);
  } catch (error) {
    if (error instanceof CancelledFailure || Context.current().cancellationSignal.aborted) throw error;
    return failed(`${said} failed: ${thrownMessage(error)}`);
  }
}

function inputOf({ place, agent, call }: FoundCall): InputSchema | undefined {
  if (call.name === CALL_AGENT && agent.role === "coordinator") return callAgentInput(agent.routes);
  return agentTools(place.binding.spec, agent.name).get(call.name)?.input;
}

/** A tool's own predicate has the tool's name in its id, and is found only with that very tool. */
function predicateOf({ place, agent, call }: FoundCall, predicateId: string): ApprovalPredicate<unknown> | undefined {
  const { spec, approvalPredicates } = place.binding;
  const tool = agentTools(spec, agent.name).get(call.name);
  const isOwn = tool?.approval?.kind === "dynamic" && tool.approval.value === predicateId;
  if (isOwn && tool.predicate !== undefined) return tool.predicate;
  return Object.hasOwn(approvalPredicates, predicateId) ? approvalPredicates[predicateId] : undefined;
}

function predicateContext({ place, agent, call }: FoundCall, signal: AbortSignal): PredicateContext {
  const { binding, runId, threadId } = place;
  const { tenant, workspace, services } = binding;
  return { tenant, workspace, threadId, runId, agent: agent.name, callId: call.callId, services, signal };
}

/** A predicate cannot be stopped, so it is told by its signal and no longer waited for. */
async function withinTime(work: (signal: AbortSignal) => unknown): Promise<unknown> {
  const late = new Error(`it did not answer within ${PREDICATE_TIMEOUT_MS} ms`);
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(late), PREDICATE_TIMEOUT_MS);
  const signal = AbortSignal.any([Context.current().cancellationSignal, timeout.signal]);
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    return await Promise.race([Promise.resolve().then(() => work(signal)), aborted]);
  } finally {
    clearTimeout(timer);
    aborted.catch(() => undefined); // nobody waits for it any more
  }
}

function failed(reason: string): PredicateAnswer {
  return { asks: true, reason: preview(redact(reason), PREVIEW_CHARS) };
}
