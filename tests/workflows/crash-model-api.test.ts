/** The real SDK against the fake Messages API: how often a model is asked when its worker dies around the answer. */
import { expect, onTestFinished, test } from "vitest";
import { type FakeMessagesApi, startFakeMessagesApi } from "../../src/testing/index.ts";
import { type CrashLab, openCrashLab, THREAD, watchRun, type WatchedRun } from "../helpers/crash-lab.ts";
import { expectWhole, recovered } from "../helpers/crash-scenario.ts";
import { foldedRun } from "../helpers/run-rules.ts";

const ANSWERS = ["The first answer.", "The second answer."];

const BEFORE_COMMIT = ["model.delta:1", "model.response.received:1"];
const AFTER_COMMIT = ["transcript.appended:1", "callModel.after:1"];

test.each(BEFORE_COMMIT)(
  "a worker that dies at %s leaves the model to be asked again, and one answer",
  { timeout: 60_000 },
  async (point) => {
    const { run, api, lab } = await answeredDespite(point);
    await using _lab = lab;

    expect(api.requests).toHaveLength(2);
    expect(run.events.filter((event) => event.type === "step-retry")).toHaveLength(1);
    expect(run.events.at(-1)).toMatchObject({ type: "finish", text: "The second answer." });
    await expectOneAnswer(lab, run, "The second answer.");
  },
);

test.each(AFTER_COMMIT)("a worker that dies at %s has paid for the answer once", { timeout: 60_000 }, async (point) => {
  const { run, api, lab } = await answeredDespite(point);
  await using _lab = lab;

  expect(api.requests).toHaveLength(1);
  expect(run.events.filter((event) => event.type === "step-retry")).toEqual([]);
  await expectOneAnswer(lab, run, "The first answer.");
});

async function answeredDespite(crashPoint: string): Promise<{ run: WatchedRun; api: FakeMessagesApi; lab: CrashLab }> {
  const api = await startFakeMessagesApi();
  onTestFinished(() => api.close());
  api.respond((_request, index) => ({
    text: ANSWERS[index] ?? "One answer too many.",
    chunkChars: 6,
    chunkDelayMs: 20,
  }));
  const lab = await openCrashLab({ modelUrl: api.url });
  const armed = await lab.startWorker(crashPoint);
  const run = await watchRun(lab, lab.runtime.query("Which answer?", { threadId: THREAD }));
  await recovered(lab, run, await armed.exited);
  await expectWhole(lab, run);
  return { run, api, lab };
}

async function expectOneAnswer({ runtime }: CrashLab, run: WatchedRun, text: string): Promise<void> {
  const { agents } = await runtime.threads.transcript(THREAD);
  expect(agents["boss"]?.messages.map(({ role, parts }) => ({ role, parts }))).toEqual([
    { role: "user", parts: [{ type: "text", text: "Which answer?" }] },
    { role: "assistant", parts: [{ type: "text", text }] },
  ]);
  expect(foldedRun(run.events).filter((event) => event["type"] === "text")).toEqual([
    expect.objectContaining({ text }),
  ]);
}
