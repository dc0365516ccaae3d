/** A turn too long for one history goes on in a fresh one at a step boundary, and nobody can tell from what is left of it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type CrashLab,
  lateEvents,
  openCrashLab,
  THREAD,
  transcriptOf,
  watchRun,
  type WatchedRun,
} from "../helpers/crash-lab.ts";
import { expectWhole } from "../helpers/crash-scenario.ts";
import { ask } from "../helpers/crash-script.ts";
import { type OwnServer, startOwnServer } from "../helpers/own-server.ts";
import { foldedRun } from "../helpers/run-rules.ts";

/** The server suggests a fresh history after this many events; a step with one tool writes about a dozen. */
const SHORT = ["limit.historyCount.suggestContinueAsNew=60"];

let server: OwnServer;

beforeAll(async () => {
  server = await startOwnServer(SHORT);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

test(
  "a turn of sixty steps that is cut several times equals the same turn in one history",
  { timeout: 120_000 },
  async () => {
    const script = [
      ...steps(28),
      ask("analyst", ...steps(28), { text: "Counted." }),
      ask("analyst", { text: "Again." }),
      { text: "All counted." },
    ];
    await using whole = await openCrashLab();
    await using cut = await openCrashLab({ address: server.address });
    const [wholeRun, cutRun] = await Promise.all([startIn(whole, script), startIn(cut, script)]);
    await Promise.all([expectWhole(whole, wholeRun), expectWhole(cut, cutRun)]);

    expect(await historiesOf(whole)).toBe(1);
    expect(await historiesOf(cut)).toBeGreaterThan(3);
    expect(cutRun.events.at(-1)).toMatchObject({ type: "finish", reason: "stop", text: "All counted." });
    expect(foldedRun(cutRun.events)).toEqual(foldedRun(wholeRun.events));
    expect(await transcriptOf(cut)).toEqual(await transcriptOf(whole));
    expect(resultOf(await cut.runtime.runs.get(cutRun.runId))).toEqual(
      resultOf(await whole.runtime.runs.get(wholeRun.runId)),
    );
  },
);

test(
  "prompts that wait behind a turn survive its cuts: one runs next, one that was withdrawn ends as cancelled",
  { timeout: 60_000 },
  async () => {
    await using lab = await openCrashLab({ address: server.address });
    const { runtime } = lab;
    const long = await startIn(lab, [...steps(27), { text: "Counted." }]);
    const next = runtime.query(JSON.stringify([{ text: "Next." }]), { threadId: THREAD, whenBusy: "queue" });
    const withdrawn = runtime.query(JSON.stringify([{ text: "Never." }]), {
      threadId: THREAD,
      whenBusy: "queue",
      runId: "withdrawn",
    });
    await withdrawn.started;
    expect(await runtime.cancel("withdrawn")).toMatchObject({ status: "cancelled" });

    await long.closed;
    const ends = await Promise.all([long, next, withdrawn].map((run) => runtime.runs.get(run.runId)));

    expect(await historiesOf(lab)).toBeGreaterThan(3);
    expect(ends.map(({ status, text }) => ({ status, text }))).toEqual([
      { status: "completed", text: "Counted." },
      { status: "completed", text: "Next." },
      { status: "cancelled", text: "" },
    ]);
    expect((await lateEvents(lab, withdrawn.runId)).map((event) => event.type)).toEqual(["finish"]);
  },
);

test("a turn is stopped also after it was cut", { timeout: 120_000 }, async () => {
  await using lab = await openCrashLab({ address: server.address, chunkDelayMs: 50, chunkChars: 10 });
  const run = await startIn(lab, [...steps(25), { text: "word ".repeat(400) }]);
  await expect.poll(() => run.events.some((event) => event.type === "text"), { timeout: 30_000 }).toBe(true);

  await lab.runtime.cancel(run.runId);
  await expectWhole(lab, run);

  expect(await historiesOf(lab)).toBeGreaterThan(2);
  expect(run.events.at(-1)).toMatchObject({ type: "finish", reason: "cancelled" });
});

function steps(count: number): readonly unknown[] {
  return Array.from({ length: count }, (_, index) => ({ tool: "add", args: { a: index, b: 1 } }));
}

async function startIn(lab: CrashLab, script: readonly unknown[]): Promise<WatchedRun> {
  await lab.hostWorker();
  return watchRun(lab, lab.runtime.query(JSON.stringify(script), { threadId: THREAD }));
}

/** How many histories the workflow of the lab's thread has. */
async function historiesOf({ session, setup }: CrashLab): Promise<number> {
  const { client } = session;
  let count = 0;
  let runId: string | undefined =
    (await client.workflow.getHandle(workflowId(setup)).describe()).raw.workflowExecutionInfo?.firstRunId ?? undefined;
  for (; runId; count += 1) {
    const { events } = await client.workflow.getHandle(workflowId(setup), runId).fetchHistory();
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return count;
}

function workflowId({ app }: CrashLab["setup"]): string {
  return `acme/${app.workspace}/thread/${THREAD}`;
}

function resultOf({ status, finish, text, usage }: Awaited<ReturnType<CrashLab["runtime"]["runs"]["get"]>>): unknown {
  return { status, finish, text, usage };
}
