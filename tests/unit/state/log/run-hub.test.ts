import { expect, test } from "vitest";
import { StateError } from "../../../../src/protocol/errors.ts";
import type { EventBody, RunEvent } from "../../../../src/protocol/event.ts";
import { RunHub, type LogReader } from "../../../../src/state/log/run-hub.ts";
import { collectEvents, finishDraft, stepAttempt, textDraft } from "../../../helpers/state-records.ts";

const { runId, turn } = stepAttempt(1);

function event(seq: number, body: EventBody = textDraft(`${seq}`).body): RunEvent {
  return { runId, seq, cursor: `${runId}#${seq}`, at: "2026-01-01T00:00:00.000Z", turn, agent: "boss", ...body };
}

const finish = (seq: number): RunEvent => event(seq, finishDraft().body);

/** A log in memory that counts how often it is read. */
class MemoryLog implements LogReader {
  readonly events: RunEvent[] = [];
  reads = 0;

  async end(): Promise<{ readonly lastSeq: number; readonly isFinal: boolean }> {
    return { lastSeq: this.events.length, isFinal: false };
  }

  async read(after: number): Promise<readonly RunEvent[]> {
    this.reads += 1;
    return this.events.slice(after, after + 100);
  }
}

const seqs = (events: readonly RunEvent[]): readonly number[] => events.map(({ seq }) => seq);
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a thousand followers get pushed events without a single read", async () => {
  const log = new MemoryLog();
  const hub = new RunHub(log);
  const followers = Array.from({ length: 1000 }, () => collectEvents(hub.follow(0, undefined)));
  await settled();

  for (let seq = 1; seq < 20; seq++) {
    hub.push([event(seq)]);
    await settled();
  }
  hub.push([finish(20)]);

  for (const follower of await Promise.all(followers)) expect(seqs(follower)).toHaveLength(20);
  expect(log.reads).toBe(0);
});

test("a thousand followers cost one read when another process wrote", async () => {
  const log = new MemoryLog();
  const hub = new RunHub(log);
  const followers = Array.from({ length: 1000 }, () => collectEvents(hub.follow(0, undefined)));
  await settled();

  log.events.push(event(1), event(2), finish(3));
  hub.refresh();

  for (const follower of await Promise.all(followers)) expect(seqs(follower)).toEqual([1, 2, 3]);
  expect(log.reads).toBeLessThanOrEqual(2);
});

test("followers that start at the same place at the same time share their reads of the past", async () => {
  const log = new MemoryLog();
  for (let seq = 1; seq < 300; seq++) log.events.push(event(seq));
  log.events.push(finish(300));

  const hub = new RunHub(log);
  const followers = await Promise.all(Array.from({ length: 1000 }, () => collectEvents(hub.follow(0, undefined))));

  for (const follower of followers) expect(follower).toHaveLength(300);
  expect(log.reads).toBe(3);
});

test("a push that leaves a gap is completed from the store", async () => {
  const log = new MemoryLog();
  const hub = new RunHub(log);
  const following = collectEvents(hub.follow(0, undefined));
  await settled();

  log.events.push(event(1), event(2), event(3), finish(4));
  hub.push([event(3)]);

  expect(seqs(await following)).toEqual([1, 2, 3, 4]);
});

test("pushes that come in the wrong order or twice are put right", async () => {
  const log = new MemoryLog();
  const hub = new RunHub(log);
  const following = collectEvents(hub.follow(0, undefined));
  await settled();

  log.events.push(event(1), event(2), event(3), finish(4));
  hub.push([event(2)]);
  hub.push([event(1)]);
  hub.push([event(1), event(2)]);
  hub.push([event(3), finish(4)]);

  expect(seqs(await following)).toEqual([1, 2, 3, 4]);
});

test("a push before the hub knows where the log stands is not lost", async () => {
  const log = new MemoryLog();
  const hub = new RunHub(log);
  const following = collectEvents(hub.follow(0, undefined));

  log.events.push(event(1), finish(2));
  hub.push([event(1), finish(2)]);

  expect(seqs(await following)).toEqual([1, 2]);
});

test("a follower that fell out of the window reads the store, once the others went on", async () => {
  const log = new MemoryLog();
  const hub = new RunHub(log);
  const slow = hub.follow(0, undefined);
  const fast = collectEvents(hub.follow(0, undefined));
  const first = slow.next();
  await settled();

  for (let seq = 1; seq <= 2000; seq++) {
    const next = seq === 2000 ? finish(seq) : event(seq);
    log.events.push(next);
    hub.push([next]);
  }

  expect(await fast).toHaveLength(2000);
  expect((await first).value?.seq).toBe(1);
  expect(seqs(await collectEvents(slow))).toEqual(Array.from({ length: 1999 }, (_, index) => index + 2));
});

test("a passing failure of the store is tried again, a lasting one reaches the followers", async () => {
  const failures = [
    new StateError("STORE_UNAVAILABLE", "restarting", { retryable: true }),
    new StateError("STORE_CORRUPT", "damaged"),
  ];
  const log = new MemoryLog();
  const read = log.read.bind(log);
  log.read = async (after) => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    return await read(after);
  };
  const hub = new RunHub(log);
  const following = collectEvents(hub.follow(0, undefined));
  await settled();

  hub.refresh();

  await expect(following).rejects.toMatchObject({ code: "STORE_CORRUPT" });
  expect(failures).toEqual([]);
});

test("closing ends followers that wait", async () => {
  const hub = new RunHub(new MemoryLog());
  const following = collectEvents(hub.follow(0, undefined));
  await settled();

  hub.close();

  expect(await following).toEqual([]);
});
