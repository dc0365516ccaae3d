import { ApplicationFailure, CancelledFailure, type Duration } from "@temporalio/common";
import { capText } from "../lib/cap-text.ts";
import { redact } from "../lib/redact.ts";
import { thrownMessage } from "../lib/thrown-text.ts";
import { BridleError, type ErrorInfo, errorInfo, ModelError, StateError } from "../protocol/errors.ts";
import { MODEL_RETRY_AFTER_MS } from "../protocol/limits/model.ts";
import { ERROR_TEXT_BYTES } from "../protocol/limits/text.ts";
import { RetryableToolError } from "../specs/tools/retryable-tool-error.ts";
import type { ModelRetry } from "./host.ts";

/** Another worker of the queue may have the spec, so the first tries come soon; then Temporal keeps trying for ten minutes. */
const SPEC_MISSING_SOON_MS = 1_000;
const SPEC_MISSING_SOON_ATTEMPTS = 10;
const SPEC_MISSING_RETRY_MS = 5_000;
const SPEC_MISSING_ATTEMPTS = 130;

/** What decides whether and when a failed activity runs again. */
export interface FailureContext {
  readonly attempt: number;
  readonly modelRetry?: ModelRetry;
}

/**
 * The one place where an error becomes something Temporal keeps for ever: no secret, no stack of ours, bounded in size, and with
 * the decision whether to try again.
 */
export function toFailure(error: unknown, context: FailureContext): Error {
  if (error instanceof CancelledFailure) return error;
  const info = failureText(error);
  const delay = retryDelay(error, context);
  const failure = ApplicationFailure.create({
    message: info.message,
    type: info.code,
    nonRetryable: delay === "never",
    details: [info],
    ...(typeof delay === "number" ? { nextRetryDelay: delay as Duration } : {}),
  });
  failure.stack = `${info.code}: ${info.message}`;
  return failure;
}

/** The travelling part of any error, redacted and capped. */
export function failureText(error: unknown): ErrorInfo {
  const info = error instanceof BridleError ? errorInfo(error) : unexpected(error);
  const message = capText(redact(info.message), ERROR_TEXT_BYTES);
  if (info.hint === undefined) return { code: info.code, message };
  return { code: info.code, message, hint: capText(redact(info.hint), ERROR_TEXT_BYTES) };
}

/** How long until the next attempt; `never` when none can help, undefined for the policy's own pace. */
export function retryDelay(error: unknown, context: FailureContext): number | "never" | undefined {
  if (!(error instanceof BridleError)) return "never";
  if (error.code === "SPEC_MISSING") return specMissingDelay(context.attempt);
  if (!error.retryable) return "never";
  if (error instanceof ModelError && context.modelRetry !== undefined)
    return modelDelay(error, context.attempt, context.modelRetry);
  return error instanceof RetryableToolError || error instanceof StateError ? error.retryAfterMs : undefined;
}

function specMissingDelay(attempt: number): number | "never" {
  if (attempt >= SPEC_MISSING_ATTEMPTS) return "never";
  return attempt <= SPEC_MISSING_SOON_ATTEMPTS ? SPEC_MISSING_SOON_MS : SPEC_MISSING_RETRY_MS;
}

function modelDelay(error: ModelError, attempt: number, retry: ModelRetry): number | "never" {
  if (attempt >= retry.maxAttempts) return "never";
  const backoff = Math.min(retry.initialMs * 2 ** (attempt - 1), retry.maxMs);
  return Math.min(Math.max(error.retryAfterMs ?? backoff, 1), MODEL_RETRY_AFTER_MS);
}

function unexpected(error: unknown): ErrorInfo {
  const message = thrownMessage(error);
  return {
    code: "INTERNAL",
    message: `Unexpected: ${message}`,
    hint: "This is a defect of the harness; please report it.",
  };
}
