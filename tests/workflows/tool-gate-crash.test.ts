/** Kills workers and the server around a call that waits: its decision counts once, and the call runs once. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CrashLab, openCrashLab, THREAD, watchRun, type WatchedRun } from "../helpers/crash-lab.ts";
import { ask } from "../helpers/crash-script.ts";
import { type WatchedGates, watchGates } from "../helpers/gated-app.ts";
import { type OwnServer, startOwnServer } from "../helpers/own-server.ts";
import { ofType, toolResults } from "../helpers/read-events.ts";

const TIMEOUT = { timeout: 90_000 };

let server: OwnServer;

beforeAll(async () => {
  server = await startOwnServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

function script(tool: "send" | "mark"): string {
  return JSON.stringify([ask("analyst", { tool, args: {} }, { text: "Sent." }), { text: "Over." }]);
}

interface Waiting {
  readonly run: WatchedRun;
  readonly gates: WatchedGates;
  readonly id: string;
}

async function start(lab: CrashLab, tool: "send" | "mark"): Promise<Waiting> {
  const run = await watchRun(lab, lab.runtime.query(script(tool), { threadId: THREAD }));
  const gates = watchGates(lab);
  const [waiting] = await gates.untilWaiting(1);
  return { run, gates, id: waiting?.gate.id ?? "" };
}

/** The decision counted once, whoever asked for it how often, and the run ended well. */
async function expectOnce(lab: CrashLab, { run, gates, id }: Waiting): Promise<void> {
  await run.finished;
  const counted = (await gates.decisions(id)).filter(({ refused }) => refused === null);
  expect(counted).toMatchObject([{ decision: "approve" }]);
  expect(ofType(run.events, "approval-required")).toHaveLength(1);
  expect(ofType(run.events, "approval-decision")).toHaveLength(1);
  expect(await lab.runtime.runs.get(run.runId)).toMatchObject({ status: "completed", text: "Over." });
  expect(await gates.waiting()).toEqual([]);
}

test.for(["gate.opened:1", "decision.recorded:1", "runTool.before:1", "result.stored:1", "runTool.after:1"])(
  "a call that must happen once runs once when the worker dies at %s",
  TIMEOUT,
  async (crashPoint) => {
    await using lab = await openCrashLab();
    const armed = await lab.startWorker(crashPoint);
    const waiting = await start(lab, "send");
    if (crashPoint.startsWith("gate")) await armed.exited;
    const answering = lab.runtime.respondToApproval(waiting.id, { decision: "approve", by: "ann", decisionId: "d1" });
    expect((await armed.exited).signal).toBe("SIGKILL");
    await lab.hostWorker();

    expect(await answering).toMatchObject({ decisionId: "d1" });
    await expectOnce(lab, waiting);
    expect(lab.toolCalls()).toHaveLength(1);
    expect(toolResults(waiting.run.events)).toMatchObject([{ tool: "send", result: "send done", isError: false }]);
  },
);

test("a call that must happen once is not begun again when the worker dies inside it", TIMEOUT, async () => {
  await using lab = await openCrashLab();
  const armed = await lab.startWorker("tool.returned:1");
  const waiting = await start(lab, "send");
  await lab.runtime.respondToApproval(waiting.id, { decision: "approve", by: "ann" });
  await armed.exited;
  await lab.hostWorker();

  await expectOnce(lab, waiting);
  expect(lab.toolCalls()).toHaveLength(1);
  expect(toolResults(waiting.run.events)).toMatchObject([{ isError: true }]);
  expect(toolResults(waiting.run.events)[0]?.result).toContain("TOOL_OUTCOME_UNKNOWN");
});

test("a call that may be repeated runs again with the same key, on the decision that was made", TIMEOUT, async () => {
  await using lab = await openCrashLab();
  const armed = await lab.startWorker("tool.returned:1");
  const waiting = await start(lab, "mark");
  await lab.runtime.respondToApproval(waiting.id, { decision: "approve", by: "ann" });
  await armed.exited;
  await lab.hostWorker();

  await expectOnce(lab, waiting);
  expect(lab.toolCalls()).toHaveLength(2);
  expect(new Set(lab.toolCalls()).size).toBe(1);
});

test(
  "a waiting call outlives its worker, the server and its client, and a bare signal goes on with it",
  TIMEOUT,
  async () => {
    await using lab = await openCrashLab({ address: server.address });
    const worker = await lab.startWorker();
    const waiting = await start(lab, "send");

    worker.kill("SIGKILL");
    await worker.exited;
    server.kill();
    await server.restart();
    await using later = await openCrashLab({ address: server.address });
    const { workflowId } = (await waiting.gates.get(waiting.id)) ?? expect.fail();
    await later.session.client.workflow.getHandle(workflowId).signal("approve");
    await lab.startWorker();

    await expectOnce(lab, waiting);
    expect(lab.toolCalls()).toHaveLength(1);
  },
);
