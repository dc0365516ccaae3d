/**
 * A worker that is suspended until another one took over its work, and then wakes up: it must change nothing any more. Its connection
 * is cut meanwhile, for the server would go on handing tasks to a process that is not there.
 */
import { expect, test } from "vitest";
import { type CrashLab, openCrashLab, THREAD, transcriptOf, untilSeen, watchRun } from "../helpers/crash-lab.ts";
import { expectWhole } from "../helpers/crash-scenario.ts";
import { startCutProxy } from "../helpers/cut-proxy.ts";

/** Long enough between two pieces that the worker is never suspended while it holds the store's write lock. */
const PIECES = { chunkChars: 5, chunkDelayMs: 250 };
const TEXT = "one  two  three four five ";

test(
  "a worker suspended in the middle of a stream writes nothing after another one took over",
  { timeout: 60_000 },
  async () => {
    await using lab = await openCrashLab(PIECES);
    await using network = await startCutProxy(lab.setup.address);
    const zombie = await lab.startWorkerVia(network.address);
    const run = await watchRun(lab, lab.runtime.query(JSON.stringify([{ text: TEXT }]), { threadId: THREAD }));

    await untilSeen(run, (event) => event.type === "text");
    zombie.kill("SIGSTOP");
    network.cut();
    await lab.hostWorker();
    await untilSeen(run, (event) => event.type === "step-retry" && event.supersededAttempt === 1);
    zombie.kill("SIGCONT");
    await expectWhole(lab, run);
    const before = await transcriptOf(lab);
    await drained(zombie);

    expect(run.events.at(-1)).toMatchObject({ type: "finish", reason: "stop", text: TEXT });
    await expectWhole(lab, run);
    expect(await transcriptOf(lab)).toEqual(before);
  },
);

test(
  "a worker suspended in the middle of a tool does not answer the call a second time",
  { timeout: 60_000 },
  async () => {
    await using lab = await openCrashLab();
    await using network = await startCutProxy(lab.setup.address);
    const zombie = await lab.startWorkerVia(network.address);
    const script = [{ tool: "wait", args: { ms: 1_500 } }, { text: "Waited." }];
    const run = await watchRun(lab, lab.runtime.runSpecialist("analyst", JSON.stringify(script), { threadId: THREAD }));

    await expect.poll(() => lab.toolCalls(), { timeout: 20_000 }).toHaveLength(1);
    zombie.kill("SIGSTOP");
    network.cut();
    await lab.hostWorker();
    await expect.poll(() => lab.toolCalls(), { timeout: 20_000 }).toHaveLength(2);
    zombie.kill("SIGCONT");
    await expectWhole(lab, run);
    await drained(zombie);

    await expectWhole(lab, run);
    expect(new Set(lab.toolCalls()).size).toBe(1);
    expect(run.events.filter((event) => event.type === "tool-invocation").map((event) => event.state)).toEqual([
      "call",
      "result",
    ]);
  },
);

/** A worker that stopped in good order has done all it was going to do. */
async function drained(worker: Awaited<ReturnType<CrashLab["startWorker"]>>): Promise<void> {
  worker.kill("SIGTERM");
  expect(await worker.exited).toMatchObject({ code: 0, signal: null });
}
