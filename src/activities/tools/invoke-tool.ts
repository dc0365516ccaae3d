import { Context } from "@temporalio/activity";
import { CancelledFailure } from "@temporalio/common";
import { redact } from "../../lib/redact.ts";
import { thrownText } from "../../lib/thrown-text.ts";
import { BridleError, type ErrorInfo, errorInfo, InputError } from "../../protocol/errors.ts";
import { TOOL_ATTEMPTS } from "../../protocol/limits/tool.ts";
import type { ToolContext } from "../../specs/tools/tool-context.ts";
import { issuesText } from "../error-text.ts";
import type { ToolStep } from "./tool-step.ts";
import { progressWriter } from "./tool-progress.ts";
import { toolReferences } from "./tool-references.ts";

/** What came of calling a tool's handler. */
export type ToolOutcome =
  { readonly kind: "value"; readonly value: unknown } | { readonly kind: "error"; readonly error: ErrorInfo };

/** Calls a tool's handler within its time, and turns what it throws into an outcome, unless it asks for another attempt. */
export async function invokeTool(step: ToolStep): Promise<ToolOutcome> {
  const parsed = step.tool.input.parse(step.call.args);
  if (!parsed.ok) return failed(new InputError("TOOL_ARGS_INVALID", issuesText(parsed.issues)));
  const progress = progressWriter(step);
  try {
    const value = await withinTime(step, Context.current().cancellationSignal, (signal) =>
      step.tool.handler(parsed.value, toolContext(step, signal, progress.report)),
    );
    return { kind: "value", value };
  } catch (error) {
    return afterThrow(step, error);
  } finally {
    await progress.close();
  }
}

/** JavaScript cannot stop a handler, so it is told by its signal and no longer waited for. */
async function withinTime(
  step: ToolStep,
  outer: AbortSignal,
  work: (signal: AbortSignal) => unknown,
): Promise<unknown> {
  const timeout = new AbortController();
  const late = tooLate(step.tool);
  const timer = setTimeout(() => timeout.abort(late), step.tool.timeoutMs);
  const signal = AbortSignal.any([outer, timeout.signal]);
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

/** Of a tool whose effect must happen once, being late says nothing about whether it happened. */
function tooLate({ name, timeoutMs, effects }: ToolStep["tool"]): BridleError {
  if (effects !== "once")
    return new BridleError("TOOL_TIMEOUT", `Tool "${name}" did not finish within ${timeoutMs} ms.`);
  const { code, message, hint } = unknownOutcome(name);
  return new BridleError(code, message, hint === undefined ? {} : { hint });
}

/** What is said of a call that was begun and never answered. */
export function unknownOutcome(tool: string): ErrorInfo {
  return {
    code: "TOOL_OUTCOME_UNKNOWN",
    message: `Tool "${tool}" was started and did not answer, so it may or may not have taken effect. It was not started again.`,
    hint: "Find out from the target whether the effect happened before asking for it again.",
  };
}

function toolContext(step: ToolStep, signal: AbortSignal, progress: ToolContext["progress"]): ToolContext {
  const { binding, runId, threadId, turn } = step.place;
  return {
    tenant: binding.tenant,
    workspace: binding.workspace,
    threadId,
    runId,
    agent: step.agent,
    callId: step.call.callId,
    idempotencyKey: `${binding.tenant}.${binding.workspace}.${turn}.${step.call.callId}`,
    attempt: step.attempt.attempt,
    services: binding.services,
    signal,
    progress,
    references: toolReferences(step.place),
  };
}

function afterThrow(step: ToolStep, error: unknown): ToolOutcome {
  if (error instanceof CancelledFailure || Context.current().cancellationSignal.aborted) throw error;
  if (error instanceof BridleError && error.code === "STEP_SUPERSEDED") throw error;
  const again = error instanceof BridleError && error.retryable && step.attempt.attempt < TOOL_ATTEMPTS;
  if (again && step.tool.effects !== "once") throw error;
  return failed(error);
}

function failed(error: unknown): ToolOutcome {
  const info: ErrorInfo =
    error instanceof BridleError ? errorInfo(error) : { code: "TOOL_FAILED", message: thrownText(error) };
  const { hint } = info;
  const told = { code: info.code, message: redact(info.message) };
  return { kind: "error", error: hint === undefined ? told : { ...told, hint: redact(hint) } };
}
