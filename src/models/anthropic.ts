import { Anthropic } from "@anthropic-ai/sdk";
import { redact } from "../lib/redact.ts";
import { ModelError, SpecError } from "../protocol/errors.ts";
import { MODEL_CALL_TIMEOUT_MS, MODEL_IDLE_TIMEOUT_MS } from "../protocol/limits/model.ts";
import { type CallFacts, stalledError } from "./anthropic-error.ts";
import { AnthropicReply } from "./anthropic-reply.ts";
import { toAnthropicRequest } from "./anthropic-request.ts";
import { readWireEvents } from "./anthropic-stream.ts";
import { startIdleWatchdog } from "./idle-watchdog.ts";
import type { ModelCallContext, ModelProvider, ModelReply, ModelRequest } from "./port.ts";

/** How to reach the Messages API. */
export interface AnthropicProviderOptions {
  /** The key, or a function that is asked at every call. */
  readonly apiKey: string | (() => string | undefined);
  /** Where the key comes from (an environment variable's name); errors name it, and never the key. */
  readonly keyName: string;
  readonly baseURL?: string;
  /** How long the provider may send nothing, from the request on, before the call fails as stalled. */
  readonly idleTimeoutMs?: number;
}

const DEFAULT_BASE_URL = "https://api.anthropic.com";
/** How long a finished answer may keep its connection open: a moment is enough for a healthy one to end and be used again. */
const FINISHED_GRACE_MS = 100;

/** The live provider: streams from the Messages API through the official SDK, without retries of its own. */
export function anthropicProvider(options: AnthropicProviderOptions): ModelProvider {
  const baseURL = checkedBaseURL(options.baseURL?.trim() || DEFAULT_BASE_URL);
  const idleMs = options.idleTimeoutMs ?? MODEL_IDLE_TIMEOUT_MS;
  return {
    name: "anthropic",
    async call(request, context) {
      context.signal.throwIfAborted();
      const key = readKey(options);
      const facts: CallFacts = { modelId: request.model.id, keyName: options.keyName, baseURL, secrets: [key] };
      return streamReply({ request, facts, key, idleMs }, context);
    },
  };
}

interface Call {
  readonly request: ModelRequest;
  readonly facts: CallFacts;
  readonly key: string;
  readonly idleMs: number;
}

async function streamReply({ request, facts, key, idleMs }: Call, context: ModelCallContext): Promise<ModelReply> {
  const connection = new AbortController();
  const hangUp = (): void => connection.abort();
  const watchdog = startIdleWatchdog(idleMs, hangUp);
  context.signal.addEventListener("abort", hangUp, { once: true });
  const reply = new AnthropicReply(request.model.id);
  try {
    const body = toAnthropicRequest(request);
    const open = (): Promise<Response> =>
      client(key, facts).messages.create(body, { signal: connection.signal }).asResponse();
    for await (const event of readWireEvents(open, { facts, onBytes: () => watchdog.touch() })) {
      const delta = reply.add(event);
      if (delta !== undefined) context.onDelta(delta);
      if (reply.isFinished) watchdog.restart(FINISHED_GRACE_MS);
    }
  } catch (error) {
    context.signal.throwIfAborted();
    // What happens to the connection after message_stop takes nothing from a whole answer.
    if (!reply.isFinished) throw watchdog.hasFired ? stalledError(idleMs, facts) : error;
  } finally {
    watchdog.stop();
    context.signal.removeEventListener("abort", hangUp);
    hangUp();
  }
  return reply.finish();
}

/** Every option that the SDK would otherwise take from the environment is given here. */
function client(key: string, facts: CallFacts): Anthropic {
  return new Anthropic({
    apiKey: key,
    baseURL: facts.baseURL,
    maxRetries: 0,
    timeout: MODEL_CALL_TIMEOUT_MS,
    logLevel: "off",
    openTelemetry: false,
    webhookKey: null,
  });
}

function readKey({ apiKey, keyName }: AnthropicProviderOptions): string {
  // Keys read from files often bring a line break, which no header may hold.
  const key = (typeof apiKey === "string" ? apiKey : apiKey())?.trim() ?? "";
  if (key === "") {
    throw new ModelError("MODEL_KEY_MISSING", `The model API needs a key, and ${keyName} is not set.`, {
      hint: `Set ${keyName} for the process that runs the worker, or choose the scripted interpreter, which needs no key.`,
    });
  }
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new ModelError(
    "MODEL_AUTH",
    `The key in ${keyName} holds characters that no key has (spaces, line breaks or non-ASCII).`,
    {
      hint: `Set ${keyName} to the key alone, without quotes or spaces.`,
    },
  );
}

function checkedBaseURL(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isUsable = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (isUsable) return text;
  throw new SpecError(
    "SPEC_INVALID",
    `providers.anthropic.baseURL: expected an http or https URL without user name and password, received "${redact(text)}".`,
    {
      hint: "Set the base URL, or ANTHROPIC_BASE_URL, to for example https://api.anthropic.com.",
    },
  );
}
