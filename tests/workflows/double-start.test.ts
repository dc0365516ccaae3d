/** Two requests for the same run on a thread that becomes free in between: one is about to take its start back, the other is accepted. */
import { expect, test } from "vitest";
import type { RunPlace } from "../../src/runtime/place.ts";
import { startRun } from "../../src/runtime/runs/start-run.ts";
import { busyThread, RUN } from "../helpers/busy-thread.ts";
import { uniqueName } from "../helpers/open-runtime.ts";

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
