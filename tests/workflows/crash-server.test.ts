/** Kills the Temporal server, alone or with the worker, in the middle of runs, and starts it again on the same files. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunEvent } from "../../src/index.ts";
import { HEARTBEAT_MS, openCrashLab, RECOVERY_MS, THREAD, untilSeen, watchRun } from "../helpers/crash-lab.ts";
import {
  type CrashScenario,
  expectWhole,
  firstAfter,
  type Outcome,
  outcome,
  STREAMING,
  undisturbed,
  withoutRepeats,
} from "../helpers/crash-scenario.ts";
import { add, ask } from "../helpers/crash-script.ts";
import { type OwnServer, startOwnServer } from "../helpers/own-server.ts";

const answer: CrashScenario = {
  script: [
    { text: "Let me ask. " },
    ask("analyst", add, { text: "It is five." }),
    { text: "The analyst says five, and so do I." },
  ],
};
const PROMPT = JSON.stringify(answer.script);

let server: OwnServer;
let expected: Outcome;

beforeAll(async () => {
  [server, expected] = await Promise.all([startOwnServer(), undisturbed(answer)]);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const MOMENTS: readonly (readonly [string, (event: RunEvent) => boolean])[] = [
  ["the coordinator speaks", (event) => event.type === "text"],
  ["the specialist begins", (event) => event.type === "step-start" && event.agent === "analyst"],
  ["the tool has answered", (event) => event.type === "tool-invocation" && event.state === "result"],
];

/** Starting the server, and a worker, again on a busy machine; an idle one takes two seconds. */
const RESTART_MS = 30_000;
/** A worker that dies with a workflow task in its hands is missed after this long, Temporal's default, and not by a heartbeat. */
const WORKFLOW_TASK_MS = 10_000;
/** From the kill to the first event after everything is back. */
const GOES_ON_MS = RESTART_MS + WORKFLOW_TASK_MS + HEARTBEAT_MS + RECOVERY_MS;

test.each(MOMENTS)("a run survives that the server is killed when %s", { timeout: 90_000 }, async (_name, isMoment) => {
  await using lab = await openCrashLab({ ...STREAMING, address: server.address });
  await lab.startWorker();
  const run = await watchRun(lab, lab.runtime.query(PROMPT, { threadId: THREAD }));

  await untilSeen(run, isMoment);
  const killed = Date.now();
  server.kill();
  await server.restart();
  const back = Date.now();
  await expectWhole(lab, run);

  expect((await firstAfter(run, back)) - killed).toBeLessThan(GOES_ON_MS);
  expect(await outcome(lab, answer, run)).toEqual(expected);
});

test.each(MOMENTS)(
  "a run survives that server and worker are killed together when %s",
  { timeout: 90_000 },
  async (_name, isMoment) => {
    await using lab = await openCrashLab({ ...STREAMING, address: server.address });
    const worker = await lab.startWorker();
    const run = await watchRun(lab, lab.runtime.query(PROMPT, { threadId: THREAD }));

    await untilSeen(run, isMoment);
    const killed = Date.now();
    server.kill();
    worker.kill("SIGKILL");
    await worker.exited;
    await server.restart();
    await lab.startWorker();
    const back = Date.now();
    await expectWhole(lab, run);

    expect((await firstAfter(run, back)) - killed).toBeLessThan(GOES_ON_MS);
    // The moment may fall between a call and the storing of its result.
    expect(withoutRepeats(await outcome(lab, answer, run))).toEqual(expected);
  },
);

test(
  "a run asked for while the server is down is refused in time, and the same id runs once when it is back",
  { timeout: 90_000 },
  async () => {
    await using lab = await openCrashLab({ ...STREAMING, address: server.address });
    await lab.startWorker();
    server.kill();

    const asked = Date.now();
    const refusal = lab.runtime.query(PROMPT, { threadId: THREAD, runId: "run-again" }).result();
    await expect(refusal).rejects.toMatchObject({ code: "TEMPORAL_UNREACHABLE", retryable: true });
    const refusedAfter = Date.now() - asked;
    await server.restart();
    const run = await watchRun(lab, lab.runtime.query(PROMPT, { threadId: THREAD, runId: "run-again" }));
    await expectWhole(lab, run);

    expect(refusedAfter).toBeLessThan(6_000);
    expect(await outcome(lab, answer, run)).toEqual(expected);
  },
);
