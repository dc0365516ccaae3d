/** Two requests for the same run on a thread that becomes free in between: one is about to take its start back, the other is accepted. */
import { expect, test } from "vitest";
import { defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../src/index.ts";
import { RunId, Scope, ThreadId } from "../../src/protocol/ids.ts";
import type { RunPlace } from "../../src/runtime/place.ts";
import { type RunRequest, startRun } from "../../src/runtime/runs/start-run.ts";
import { openRuntime, type OpenRuntime, uniqueName } from "../helpers/open-runtime.ts";
import { readUntil } from "../helpers/read-events.ts";
import { storeOf } from "../helpers/store-of.ts";

const HOLD = JSON.stringify([{ tool: "hold", args: {} }, { text: "held" }]);
const RUN = RunId.parse("the-one");

interface BusyThread {
  readonly open: OpenRuntime;
  readonly place: RunPlace;
  readonly request: RunRequest;
  /** Ends the run that holds the thread. */
  free(): Promise<void>;
}

async function busyThread(): Promise<BusyThread> {
  const held = Promise.withResolvers<void>();
  const hold = defineTool({
    name: "hold",
    description: "Waits.",
    input: { type: "object" },
    handler: async () => held.promise,
  });
  const worker = defineSpecialist({ name: "worker", model: "m", prompt: "p", tools: [hold] });
  const open = await openRuntime(defineRuntime({ tenant: defineTenant("acme", "1"), agents: [worker] }));
  const threadId = ThreadId.parse(uniqueName("thread"));
  const first = open.runtime.runSpecialist("worker", HOLD, { threadId });
  await readUntil(first, (event) => event.type === "tool-invocation");
  const { app } = open.runtime;
  const scope = Scope.parse({ tenant: app.tenant, workspace: app.workspace });
  return {
    open,
    place: { app, scope, session: open.session, store: storeOf(open) },
    request: { runId: RUN, threadId, agent: "worker", prompt: "me too", requestedBy: null, whenBusy: "refuse" },
    async free() {
      held.resolve();
      await first.result();
      // Its workflow closes a moment after its last event.
      const handle = open.session.client.workflow.getHandle((await open.runtime.runs.get(first.runId)).workflowId);
      await handle.result().catch(() => undefined);
    },
  };
}

/** The real store, with a moment between the decision to take a start back and doing it. */
function discardingLate(place: RunPlace): { place: RunPlace; reached: Promise<void>; goOn: () => void } {
  const reached = Promise.withResolvers<void>();
  const late = Promise.withResolvers<void>();
  const { runs } = place.store;
  const discard: typeof runs.discard = async (runId) => {
    reached.resolve();
    await late.promise;
    return runs.discard(runId);
  };
  const store = { ...place.store, runs: { ...runs, discard } };
  return { place: { ...place, store }, reached: reached.promise, goOn: () => late.resolve() };
}

/** Nobody polls this queue, so that what is started there stays unclaimed. */
function elsewhere(place: RunPlace): RunPlace {
  return { ...place, session: { ...place.session, worker: null, taskQueue: uniqueName("nobody") } };
}

test("a run that was accepted keeps its row, and both requests get it", async () => {
  const { open, place, request, free } = await busyThread();
  await using _ = open;
  const late = discardingLate(place);
  const refused = startRun(late.place, request);
  await late.reached;
  await free();
  const accepted = await startRun(elsewhere(place), request);

  late.goOn();

  expect(await refused).toMatchObject({ runId: RUN, createdAt: accepted.createdAt });
  expect(await place.store.runs.get(RUN)).toMatchObject({ status: "starting", createdAt: accepted.createdAt });
  await open.runtime.cancel(RUN);
});

test("of two requests that are refused, the last takes the run away, and both are told why", async () => {
  const { open, place, request, free } = await busyThread();
  await using _ = open;
  const late = discardingLate(place);
  const one = startRun(late.place, request);
  await late.reached;
  const two = startRun(place, request);
  await expect.poll(async () => (await place.store.runs.list({ threadId: request.threadId })).items.length).toBe(2);

  const told = Promise.allSettled([one, two]);
  late.goOn();

  expect(await told).toMatchObject([{ reason: { code: "THREAD_BUSY" } }, { reason: { code: "THREAD_BUSY" } }]);
  expect(await place.store.runs.get(RUN)).toBeNull();
  await free();
  expect(await startRun(place, { ...request, prompt: "other words" })).toMatchObject({ runId: RUN });
});

test("a request that would not wait finds the run queued by another, and gets it", async () => {
  const { open, place, request, free } = await busyThread();
  await using _ = open;
  const late = discardingLate(place);
  const refused = startRun(late.place, request);
  await late.reached;
  const queued = await startRun(place, { ...request, whenBusy: "queue" });

  late.goOn();

  expect(await refused).toMatchObject({ runId: RUN, createdAt: queued.createdAt });
  await free();
  expect(await open.runtime.runSpecialist("worker", "", { resume: RUN }).result()).toMatchObject({
    status: "completed",
    text: "me too",
  });
});
