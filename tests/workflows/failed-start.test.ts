/** What is left of a start that failed: nothing that keeps its id, and nothing that begins later. */
import { expect, inject, test } from "vitest";
import { threadWorkflowId } from "../../src/protocol/workflow-id.ts";
import type { RunPlace } from "../../src/runtime/place.ts";
import { type RunRequest, startRun } from "../../src/runtime/runs/start-run.ts";
import type { NewRun } from "../../src/state/port.ts";
import { busyThread, RUN } from "../helpers/busy-thread.ts";
import { startCutProxy } from "../helpers/cut-proxy.ts";
import { longAgo } from "../helpers/long-ago.ts";

test("a start that nobody could hear leaves nothing behind: its id is free", { timeout: 60_000 }, async () => {
  await using proxy = await startCutProxy(inject("temporalAddress"));
  const { open, place, request, free } = await busyThread(proxy.address);
  await using _ = open;
  await free();

  const letThrough = await proxy.refuse();
  await expect(startRun(place, request)).rejects.toMatchObject({ code: "TEMPORAL_UNREACHABLE" });
  const left = await place.store.runs.get(RUN);
  await expect(startRun(place, { ...request, whenBusy: "queue" })).rejects.toMatchObject({
    code: "TEMPORAL_UNREACHABLE",
  });
  const leftQueued = await place.store.runs.get(RUN);
  await letThrough();

  expect([left, leftQueued]).toEqual([null, null]);
  await startRun(place, { ...request, prompt: "other words" });
  const answered = open.runtime.runSpecialist("worker", "", { resume: RUN });
  expect(await answered.result()).toMatchObject({ status: "completed", text: "other words" });
});

test("a start that is heard after its caller was told otherwise begins nothing", async () => {
  const { open, place, request, free } = await busyThread();
  await using _ = open;
  await free();
  const { workflowId } = (await place.store.runs.create(storedRun(place, request))).run;
  await place.store.runs.discard(RUN);

  const { runId, threadId, agent } = request;
  const args = [
    { app: "acme", threadId, runId, agent, tenant: "acme", workspace: place.scope.workspace, stored: true },
  ];
  const { taskQueue } = place.session;
  const late = await place.session.client.workflow.start("agentTurn", { workflowId, taskQueue, args });

  await expect(late.result()).rejects.toMatchObject({ cause: { message: expect.stringContaining(RUN) } });
  expect(await place.store.runs.get(RUN)).toBeNull();
  expect(await startRun(place, { ...request, prompt: "other words" })).toMatchObject({ runId: RUN });
  expect(await open.runtime.runSpecialist("worker", "", { resume: RUN }).result()).toMatchObject({
    text: "other words",
  });
});

test("a start whose process died is not lost to who looks: the same request starts it", async () => {
  const { open, place, request, free } = await busyThread();
  await using _ = open;
  await longAgo(() => place.store.runs.create(storedRun(place, request)));

  expect(await open.runtime.runs.get(RUN)).toMatchObject({ status: "starting" });
  await free();
  expect(await open.runtime.runs.get(RUN)).toMatchObject({ status: "starting" });
  await startRun(place, request);

  const answered = open.runtime.runSpecialist("worker", "", { resume: RUN });
  expect(await answered.result()).toMatchObject({ status: "completed", text: "me too" });
});

test("a start whose process died does not keep the id of a run that is refused", async () => {
  const { open, place, request, free } = await busyThread();
  await using _ = open;
  await longAgo(() => place.store.runs.create(storedRun(place, request)));

  await expect(startRun(place, request)).rejects.toMatchObject({ code: "THREAD_BUSY" });

  expect(await place.store.runs.get(RUN)).toBeNull();
  await free();
  expect(await startRun(place, { ...request, prompt: "other words" })).toMatchObject({ runId: RUN });
});

function storedRun(place: RunPlace, request: RunRequest): NewRun {
  const { app, scope, session } = place;
  const { runId, threadId, agent, prompt, requestedBy } = request;
  const workflowId = threadWorkflowId(scope, threadId);
  const manifestHash = app.spec.manifest.hash;
  const { namespace } = session.client.options;
  const asked = { runId, threadId, agent, prompt, requestedBy };
  return { ...asked, app: app.app, workflowId, manifestHash, namespace, status: "starting" };
}
