/** What only the workflow knows of a call is told before the step after it, once, whatever dies on the way. */
import { expect, test } from "vitest";
import { type CrashLab, lateEvents, openCrashLab, THREAD, watchRun, type WatchedRun } from "../helpers/crash-lab.ts";
import { watchGates } from "../helpers/gated-app.ts";
import { ofType, toolResults } from "../helpers/read-events.ts";
import { brokenRules } from "../helpers/run-rules.ts";
import { ask } from "../helpers/crash-script.ts";

const TIMEOUT = { timeout: 60_000 };

/** A call of the analyst that a person refuses; the worker dies where it is told to. */
async function refusedRun(lab: CrashLab, crashPoint: string): Promise<WatchedRun> {
  const armed = await lab.startWorker(crashPoint);
  const script = [ask("analyst", { tool: "send", args: {} }, { text: "Not sent." }), { text: "Over." }];
  const run = await watchRun(lab, lab.runtime.query(JSON.stringify(script), { threadId: THREAD }));
  const [waiting] = await watchGates(lab).untilWaiting(1);
  await lab.runtime.respondToApproval(waiting?.gate.id ?? "", { decision: "reject", by: "ann", note: "too late" });
  await armed.exited;
  return run;
}

test.for(["callModel.before:3", "step.claimed:3", "step.begun:3", "model.delta:2", "transcript.appended:3"])(
  "a refused call is answered before the next step when the worker dies at %s",
  TIMEOUT,
  async (crashPoint) => {
    await using lab = await openCrashLab();
    const run = await refusedRun(lab, crashPoint);
    await lab.hostWorker();
    await run.finished;

    expect(brokenRules(run.events)).toEqual([]);
    expect(toolResults(run.events)).toMatchObject([{ isError: true, result: expect.stringContaining("too late") }]);
    expect(await lateEvents(lab, run.runId)).toEqual(run.events);
    expect(await lab.runtime.runs.get(run.runId)).toMatchObject({ status: "completed", text: "Over." });
    expect(lab.toolCalls()).toEqual([]);
  },
);

test("a call whose next step never begins is answered by the end of its turn", TIMEOUT, async () => {
  await using lab = await openCrashLab({ heartbeatMs: 6_000 }); // the cancel comes before the step is tried again
  const run = await refusedRun(lab, "callModel.before:3");
  await lab.runtime.cancel(run.runId);
  await lab.hostWorker();
  await run.finished;

  expect(ofType(run.events, "finish")).toMatchObject([{ reason: "cancelled" }]);
  expect(toolResults(run.events)).toMatchObject([{ isError: true, result: expect.stringContaining("cancelled") }]);
});
