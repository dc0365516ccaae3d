import { expect, onTestFinished } from "vitest";
import { type AnthropicProviderOptions, anthropicProvider } from "../../src/models/anthropic.ts";
import type { ModelProvider } from "../../src/models/port.ts";
import { ModelError } from "../../src/protocol/errors.ts";
import { type FakeMessagesApi, type FakeReply, startFakeMessagesApi } from "../../src/testing/index.ts";
import { failureOf, modelContext, modelRequest, user } from "./model-call.ts";

/** The key that tests use; no error may ever show it. */
export const CANARY = "sk-ant-api03-CANARY-7f3b";

export interface Connected {
  readonly api: FakeMessagesApi;
  readonly provider: ModelProvider;
}

/** The real provider, talking to a fake Messages API that lives as long as the test. */
export async function connectAnthropic(options: Partial<AnthropicProviderOptions> = {}): Promise<Connected> {
  const api = await startFakeMessagesApi();
  onTestFinished(() => api.close());
  const provider = anthropicProvider({ apiKey: CANARY, keyName: "MY_MODEL_KEY", baseURL: api.url, ...options });
  return { api, provider };
}

/** The error of a call that gets this reply, after exactly one request. */
export async function anthropicFailure(
  reply: FakeReply,
  options: Partial<AnthropicProviderOptions> = {},
): Promise<ModelError> {
  const { api, provider } = await connectAnthropic(options);
  api.reply(reply);
  const error = await failureOf(provider.call(modelRequest([user("hi")]), modelContext()));
  expect(api.requests).toHaveLength(1);
  if (error instanceof ModelError) return error;
  throw error;
}
