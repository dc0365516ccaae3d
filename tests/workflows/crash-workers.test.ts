/** Workers that are many, late, asked to stop, or lost at a bad moment. */
import { expect, test } from "vitest";
import { type CrashLab, openCrashLab, THREAD, untilSeen, watchRun } from "../helpers/crash-lab.ts";
import { expectWhole, STREAMING } from "../helpers/crash-scenario.ts";
import { add, ask } from "../helpers/crash-script.ts";
import { readEvents } from "../helpers/read-events.ts";
import { brokenRules } from "../helpers/run-rules.ts";

const ANSWER = JSON.stringify([ask("analyst", add, { text: "It is five." }), { text: "The analyst says five." }]);

test("two workers share one queue: all runs end well and both did some of the work", { timeout: 60_000 }, async () => {
  await using lab = await openCrashLab();
  const workers = await Promise.all([lab.startWorker(), lab.startWorker()]);

  const runs = Array.from({ length: 12 }, (_, index) => lab.runtime.query(ANSWER, { threadId: `thread-${index}` }));
  const events = await Promise.all(runs.map((run) => readEvents(run)));
  const identities = new Set((await Promise.all(runs.map((_, index) => workersOf(lab, `thread-${index}`)))).flat());

  expect(events.map((list) => brokenRules(list))).toEqual(runs.map(() => []));
  expect(events.map((list) => list.at(-1))).toEqual(
    runs.map(() => expect.objectContaining({ type: "finish", text: "The analyst says five." })),
  );
  expect(identities).toEqual(new Set(workers.map(({ pid }) => pid)));
});

test("a run that is started while no worker is there begins when one comes", { timeout: 60_000 }, async () => {
  await using lab = await openCrashLab();
  const run = await watchRun(lab, lab.runtime.query(ANSWER, { threadId: THREAD }));
  const waiting = await lab.runtime.runs.get(run.runId);

  await lab.hostWorker();
  await expectWhole(lab, run);

  expect(waiting.status).toBe("starting");
  expect(run.events.at(-1)).toMatchObject({ type: "finish", text: "The analyst says five." });
});

test(
  "SIGTERM lets a tool that ends within the grace time end, and no other worker runs it again",
  { timeout: 60_000 },
  async () => {
    await using lab = await openCrashLab();
    const worker = await lab.startWorker();
    const run = await watchRun(lab, lab.runtime.runSpecialist("analyst", waiting(1_000), { threadId: THREAD }));
    await expect.poll(() => lab.toolCalls(), { timeout: 20_000 }).toHaveLength(1);

    worker.kill("SIGTERM");
    const exit = await worker.exited;
    await lab.hostWorker();
    await expectWhole(lab, run);

    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(lab.toolCalls()).toHaveLength(1);
    expect(run.events.at(-1)).toMatchObject({ type: "finish", text: "Waited." });
  },
);

test(
  "SIGTERM gives up a tool that outlasts the grace time, exits in time, and another worker runs it again",
  { timeout: 60_000 },
  async () => {
    await using lab = await openCrashLab();
    const { graceMs } = lab.setup.knobs;
    const worker = await lab.startWorker();
    const run = await watchRun(lab, lab.runtime.runSpecialist("analyst", waiting(4_000), { threadId: THREAD }));
    await expect.poll(() => lab.toolCalls(), { timeout: 20_000 }).toHaveLength(1);

    const asked = Date.now();
    worker.kill("SIGTERM");
    const exit = await worker.exited;
    await lab.hostWorker();
    await expectWhole(lab, run);

    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - asked).toBeLessThan(graceMs + 1_500);
    expect(lab.toolCalls()).toHaveLength(2);
    expect(run.events.at(-1)).toMatchObject({ type: "finish", text: "Waited." });
  },
);

test(
  "SIGTERM in the middle of a stream: another worker takes the text back and says it again",
  { timeout: 60_000 },
  async () => {
    await using lab = await openCrashLab({ chunkChars: 5, chunkDelayMs: 250 });
    const text = "word ".repeat(16);
    const worker = await lab.startWorker();
    const run = await watchRun(lab, lab.runtime.query(JSON.stringify([{ text }]), { threadId: THREAD }));
    await untilSeen(run, (event) => event.type === "text");

    worker.kill("SIGTERM");
    const exit = await worker.exited;
    await lab.hostWorker();
    await expectWhole(lab, run);

    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(run.events.filter((event) => event.type === "step-retry")).toHaveLength(1);
    expect(run.events.at(-1)).toMatchObject({ type: "finish", text });
  },
);

test.each(["tool.called", "tool.returned"])(
  "a tool with effects `once` whose worker is killed at %s is not called again, and its outcome is called unknown",
  { timeout: 60_000 },
  async (point) => {
    await using lab = await openCrashLab();
    const armed = await lab.startWorker(`${point}:1`);
    const script = [{ tool: "ship", args: {} }, { text: "Asked for shipping." }];
    const run = await watchRun(lab, lab.runtime.runSpecialist("analyst", JSON.stringify(script), { threadId: THREAD }));

    await armed.exited;
    await lab.hostWorker();
    await expectWhole(lab, run);

    expect(lab.toolCalls()).toHaveLength(point === "tool.called" ? 0 : 1);
    expect(run.events.find((event) => event.type === "tool-invocation" && event.state === "result")).toMatchObject({
      isError: true,
      result: expect.stringContaining("TOOL_OUTCOME_UNKNOWN"),
    });
    expect(run.events.at(-1)).toMatchObject({ type: "finish", text: "Asked for shipping." });
  },
);

test(
  "two workers lost one after the other leave no text behind that nobody took back",
  { timeout: 60_000 },
  async () => {
    await using lab = await openCrashLab(STREAMING);
    const first = await lab.startWorker("model.delta:2");
    const run = await watchRun(
      lab,
      lab.runtime.query(JSON.stringify([{ text: "word ".repeat(20) }]), { threadId: THREAD }),
    );
    await first.exited;
    const second = await lab.startWorker("step.claimed:1");
    await second.exited;

    await lab.hostWorker();
    await expectWhole(lab, run);

    expect(run.events.flatMap((event) => (event.type === "step-retry" ? [event.supersededAttempt] : []))).toEqual([
      1, 2,
    ]);
  },
);

test(
  "a run that is cancelled while its worker is lost ends as cancelled and keeps what was said",
  { timeout: 60_000 },
  async () => {
    await using lab = await openCrashLab(STREAMING);
    const armed = await lab.startWorker("model.delta:3");
    const run = await watchRun(
      lab,
      lab.runtime.query(JSON.stringify([{ text: "word ".repeat(200) }]), { threadId: THREAD }),
    );
    await armed.exited;

    await lab.runtime.cancel(run.runId);
    await lab.hostWorker();
    await expectWhole(lab, run);

    expect(run.events.at(-1)).toMatchObject({ type: "finish", reason: "cancelled" });
  },
);

function waiting(ms: number): string {
  return JSON.stringify([{ tool: "wait", args: { ms } }, { text: "Waited." }]);
}

/** The processes that ran activities of a thread. */
async function workersOf(lab: CrashLab, thread: string): Promise<readonly number[]> {
  const handle = lab.session.client.workflow.getHandle(`acme/${lab.setup.app.workspace}/thread/${thread}`);
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ activityTaskStartedEventAttributes: started }) =>
    started?.identity == null ? [] : [Number.parseInt(started.identity, 10)],
  );
}
