import { expect, test } from "vitest";
import { mockProvider } from "../../../src/models/mock.ts";
import { modelContext, modelRequest, user } from "../../helpers/model-call.ts";

test("answers anything with its text and ends", async () => {
  const context = modelContext();

  const reply = await mockProvider("fine").call(modelRequest([user('[{"tool":"a"}]')]), context);

  expect(reply).toEqual({
    message: { role: "assistant", parts: [{ type: "text", text: "fine" }], model: "claude-test", stop: "end" },
    usage: { inputTokens: 4, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0 },
    malformedArgs: {},
  });
  expect(context.deltas).toEqual([{ type: "text", text: "fine" }]);
});

test("honours an abort", async () => {
  const reason = new Error("cancelled");

  await expect(
    mockProvider("fine").call(modelRequest([user("hi")]), modelContext(AbortSignal.abort(reason))),
  ).rejects.toBe(reason);
});
