import { APIConnectionError, APIError } from "@anthropic-ai/sdk";
import { redact } from "../lib/redact.ts";
import { BridleError, type ErrorCode, ModelError } from "../protocol/errors.ts";
import { ERROR_TEXT_BYTES } from "../protocol/limits/text.ts";
import { retryAfterMs } from "./retry-after.ts";

/**
 * Turns whatever a model call fails with into one ModelError. No cause is kept: the errors of the SDK and of fetch hold
 * headers and bodies, and those may echo a key. What they say goes through redaction into the message.
 */

/** What an error may name, and what it must not. */
export interface CallFacts {
  readonly modelId: string;
  readonly keyName: string;
  readonly baseURL: string;
  readonly secrets: readonly string[];
}

/** What the provider said about a failure, over HTTP or inside the stream. */
export interface ProviderFailure {
  readonly status?: number | undefined;
  readonly type?: string | null | undefined;
  readonly message?: string | null | undefined;
  readonly headers?: Headers | undefined;
}

/** The ModelError for anything that was thrown while talking to the provider. */
export function toModelError(error: unknown, facts: CallFacts): BridleError {
  if (error instanceof BridleError) return error;
  if (error instanceof APIError && !(error instanceof APIConnectionError)) {
    return providerError(
      { status: error.status, type: error.type, message: error.apiMessage ?? error.message, headers: error.headers },
      facts,
    );
  }
  return unreachable(error, facts);
}

/** The ModelError for a failure that the provider reported. */
export function providerError(failure: ProviderFailure, facts: CallFacts): ModelError {
  const code = codeOf(failure);
  const { what, isRetryable, hint } = FAILURES[code];
  const wait = retryAfterMs(failure.headers, Date.now());
  const said = failure.message == null || failure.message === "" ? "it gave no reason" : failure.message;
  return new ModelError(code, clean(`The model API ${what} "${facts.modelId}" (${origin(failure)}): ${said}`, facts), {
    hint: clean(hint(facts), facts),
    retryable: isRetryable && failure.headers?.get("x-should-retry") !== "false",
    ...(wait === undefined || !isRetryable ? {} : { retryAfterMs: wait }),
  });
}

/** A stream that is not what the protocol promises. Callers describe what was wrong without quoting it. */
export function protocolError(what: string): ModelError {
  return new ModelError("MODEL_PROTOCOL", `The model API sent a stream that cannot be used: ${what}.`, {
    hint: "The call is tried again. If it persists, look at what stands between this process and the model API (proxy, gateway, base URL).",
    retryable: true,
  });
}

/** A provider that fell silent. */
export function stalledError(idleMs: number, facts: CallFacts): ModelError {
  return new ModelError(
    "MODEL_STALLED",
    `The model API sent nothing for ${idleMs} ms while answering for "${facts.modelId}".`,
    {
      hint: "The call is tried again. If it persists, check the provider's status and the network between.",
      retryable: true,
    },
  );
}

function unreachable(error: unknown, facts: CallFacts): ModelError {
  const message = `Lost or could not open the connection to the model API at ${facts.baseURL}: ${reasons(error).join(": ")}.`;
  return new ModelError("MODEL_UNREACHABLE", clean(message, facts), {
    hint: "The call is tried again. If it persists, check the base URL, DNS, proxy and firewall of the worker.",
    retryable: true,
  });
}

function reasons(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return ["unknown failure"];
  const code = "code" in error && typeof error.code === "string" ? `${error.code} ` : "";
  const own = `${code}${error.message.replace(/\.$/, "")}`;
  return error.cause === undefined ? [own] : [own, ...reasons(error.cause)];
}

type FailureCode = Extract<
  ErrorCode,
  | "MODEL_AUTH"
  | "MODEL_BAD_REQUEST"
  | "MODEL_NOT_FOUND"
  | "MODEL_TOO_LARGE"
  | "MODEL_RATE_LIMITED"
  | "MODEL_OVERLOADED"
  | "MODEL_PROTOCOL"
>;

interface Failure {
  readonly what: string;
  readonly isRetryable: boolean;
  readonly hint: (facts: CallFacts) => string;
}

const FAILURES: { readonly [code in FailureCode]: Failure } = {
  MODEL_AUTH: {
    what: "refused the key for",
    isRetryable: false,
    hint: (facts) =>
      `Set ${facts.keyName} to a key that is valid, funded and may use this model, then restart the worker.`,
  },
  MODEL_BAD_REQUEST: {
    what: "refused the request for",
    isRetryable: false,
    hint: () =>
      "Change what the message names: the agent's model settings, a tool's schema, or the length of the conversation.",
  },
  MODEL_NOT_FOUND: {
    what: "does not know",
    isRetryable: false,
    hint: (facts) => `Change the agent's model id "${facts.modelId}", or the base URL ${facts.baseURL}.`,
  },
  MODEL_TOO_LARGE: {
    what: "found the request too large for",
    isRetryable: false,
    hint: () => "Start a new thread, or let tools return less.",
  },
  MODEL_RATE_LIMITED: {
    what: "limits the rate of calls for",
    isRetryable: true,
    hint: () =>
      "The call is tried again after the time the provider asks for. Lower concurrency or raise the account's limits.",
  },
  MODEL_OVERLOADED: {
    what: "is overloaded or failed for",
    isRetryable: true,
    hint: () => "The call is tried again. Check the provider's status page if it persists.",
  },
  MODEL_PROTOCOL: {
    what: "gave an answer outside its protocol for",
    isRetryable: true,
    hint: () => "The call is tried again. If it persists, check the base URL and any gateway before it.",
  },
};

const BY_STATUS: ReadonlyMap<number, FailureCode> = new Map([
  [401, "MODEL_AUTH"],
  [402, "MODEL_AUTH"],
  [403, "MODEL_AUTH"],
  [404, "MODEL_NOT_FOUND"],
  [408, "MODEL_OVERLOADED"],
  [409, "MODEL_OVERLOADED"],
  [413, "MODEL_TOO_LARGE"],
  [429, "MODEL_RATE_LIMITED"],
]);

const BY_TYPE: ReadonlyMap<string, FailureCode> = new Map([
  ["authentication_error", "MODEL_AUTH"],
  ["permission_error", "MODEL_AUTH"],
  ["billing_error", "MODEL_AUTH"],
  ["invalid_request_error", "MODEL_BAD_REQUEST"],
  ["not_found_error", "MODEL_NOT_FOUND"],
  ["request_too_large", "MODEL_TOO_LARGE"],
  ["rate_limit_error", "MODEL_RATE_LIMITED"],
  ["overloaded_error", "MODEL_OVERLOADED"],
  ["api_error", "MODEL_OVERLOADED"],
  ["timeout_error", "MODEL_OVERLOADED"],
]);

/** The status decides; inside a stream there is none, and the kind of error does. */
function codeOf({ status, type }: ProviderFailure): FailureCode {
  if (status === undefined) return BY_TYPE.get(type ?? "") ?? "MODEL_PROTOCOL";
  if (status >= 500) return "MODEL_OVERLOADED";
  return BY_STATUS.get(status) ?? (status >= 400 ? "MODEL_BAD_REQUEST" : "MODEL_PROTOCOL");
}

function origin({ status, type, headers }: ProviderFailure): string {
  const request = headers?.get("request-id");
  return [
    status === undefined ? "inside the stream" : `HTTP ${status}`,
    ...(type == null ? [] : [type]),
    ...(request == null ? [] : [`request ${request}`]),
  ].join(", ");
}

/** A character is at most three bytes, so message and hint together stay below ERROR_TEXT_BYTES. */
const TEXT_CHARS = Math.floor(ERROR_TEXT_BYTES / 8);

function clean(text: string, facts: CallFacts): string {
  const safe = redact(text, facts.secrets);
  return safe.length <= TEXT_CHARS ? safe : `${safe.slice(0, TEXT_CHARS - 1)}…`;
}
