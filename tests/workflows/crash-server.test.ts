/** Kills the Temporal server, alone or with the worker, in the middle of runs, and starts it again on the same files. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunEvent } from "../../src/index.ts";
import { openCrashLab, THREAD, transcriptOf, untilSeen, watchRun } from "../helpers/crash-lab.ts";
import { type CrashScenario, expectWhole, type Outcome, STREAMING, undisturbed } from "../helpers/crash-scenario.ts";
import { add, ask } from "../helpers/crash-script.ts";
import { type OwnServer, startOwnServer } from "../helpers/own-server.ts";
import { foldedRun } from "../helpers/run-rules.ts";

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

test.each(MOMENTS)("a run survives that the server is killed when %s", { timeout: 90_000 }, async (_name, isMoment) => {
  await using lab = await openCrashLab({ ...STREAMING, address: server.address });
  await lab.startWorker();
  const run = await watchRun(lab, lab.runtime.query(PROMPT, { threadId: THREAD }));

  await untilSeen(run, isMoment);
  server.kill();
  await server.restart();
  await expectWhole(lab, run);

  expect({ transcript: await transcriptOf(lab), folded: foldedRun(run.events) }).toEqual(expected);
});

test("a run survives that server and worker are killed together", { timeout: 90_000 }, async () => {
  await using lab = await openCrashLab({ ...STREAMING, address: server.address });
  const worker = await lab.startWorker();
  const run = await watchRun(lab, lab.runtime.query(PROMPT, { threadId: THREAD }));

  await untilSeen(run, (event) => event.type === "text");
  server.kill();
  worker.kill("SIGKILL");
  await worker.exited;
  await server.restart();
  await lab.startWorker();
  await expectWhole(lab, run);

  expect({ transcript: await transcriptOf(lab), folded: foldedRun(run.events) }).toEqual(expected);
});

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
    expect({ transcript: await transcriptOf(lab), folded: foldedRun(run.events) }).toEqual(expected);
  },
);
