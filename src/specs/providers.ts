import * as z from "zod";
import { withoutUndefined } from "../lib/without-undefined.ts";
import { fields, textField, wholeField } from "./spec-fields.ts";

/** How to reach the Anthropic API. Exactly one of `apiKeyEnv` and `apiKey`; neither means the variable ANTHROPIC_API_KEY. */
export interface AnthropicTransport {
  /** The environment variable of the worker that holds the key. */
  readonly apiKeyEnv?: string;
  /** The key itself. It stays in this process: never in the manifest, a message or a log. */
  readonly apiKey?: string;
  readonly baseURL?: string;
  readonly retry?: { readonly maxAttempts?: number; readonly initialMs?: number; readonly maxMs?: number };
  /** A stream that sends nothing for this long is cut and tried again. */
  readonly idleTimeoutMs?: number;
}

/** Transport of each model provider. */
export interface Providers {
  readonly anthropic?: AnthropicTransport;
}

/** The model providers that agents may name. */
export const PROVIDER_NAMES: readonly string[] = ["anthropic"];

const VARIABLE = "the name of an environment variable, such as ANTHROPIC_API_KEY";
const ADDRESS = "an http or https address without a user or password";
const positive = wholeField(1, Number.MAX_SAFE_INTEGER);

const anthropicFields = fields({
  apiKeyEnv: z
    .string({ error: VARIABLE })
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, VARIABLE)
    .optional(),
  apiKey: textField.optional(),
  baseURL: z.string({ error: ADDRESS }).refine(isAddress, ADDRESS).optional(),
  retry: fields({
    maxAttempts: positive.optional(),
    initialMs: positive.optional(),
    maxMs: positive.optional(),
  }).optional(),
  idleTimeoutMs: positive.optional(),
}).refine(
  (transport) => transport.apiKey === undefined || transport.apiKeyEnv === undefined,
  "an object with one of apiKeyEnv and apiKey, not both",
);

/** `providers` of a runtime. */
export const providersField = fields({ anthropic: anthropicFields.optional() });

/** The providers as the runtime reads them. An inline key is there to be read by name only; listing and JSON leave it out. */
export function completeProviders(parsed: z.infer<typeof providersField>): Required<Providers> {
  const { apiKey, retry, ...transport } = parsed.anthropic ?? {};
  const apiKeyEnv = apiKey === undefined ? (transport.apiKeyEnv ?? DEFAULT_KEY_VARIABLE) : undefined;
  const anthropic = withoutUndefined({
    ...transport,
    apiKeyEnv,
    retry: retry === undefined ? undefined : withoutUndefined(retry),
  });
  if (apiKey !== undefined) Object.defineProperty(anthropic, "apiKey", { value: apiKey, enumerable: false });
  return { anthropic };
}

const DEFAULT_KEY_VARIABLE = "ANTHROPIC_API_KEY";

function isAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && ["http:", "https:"].includes(url.protocol) && url.username === "" && url.password === "";
}
