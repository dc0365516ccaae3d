import { describe, expect, test } from "vitest";
import { EVENTS_PER_READ } from "../../src/protocol/limits/store.ts";
import type { RunEvent } from "../../src/protocol/event.ts";
import type { ScopedStore } from "../../src/state/port.ts";
import {
  ACME,
  ROOT_CALL,
  collectEvents,
  eventDraft,
  finishDraft,
  newRun,
  rootClose,
  stepAttempt,
  textDraft,
  texts,
} from "../helpers/state-records.ts";
import { type StateStoreAdapter, openStore, stateStores } from "./state-store.ts";

const { runId } = newRun();

async function startedRun(adapter: StateStoreAdapter): Promise<ScopedStore> {
  const scoped = (await openStore(adapter.newUrl())).in(ACME);
  await scoped.runs.create(newRun());
  return scoped;
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const seqs = (events: readonly RunEvent[]): readonly number[] => events.map((event) => event.seq);

describe.each(stateStores)("the run log in $name", (adapter) => {
  test("events are numbered without gaps, and a known key writes nothing", async () => {
    const { log, runs } = await startedRun(adapter);

    await log.append(runId, [textDraft("a"), textDraft("b"), textDraft("a", "twice")]);
    await log.append(runId, [textDraft("b", "again"), textDraft("c"), textDraft("a", "again"), textDraft("d")]);
    await log.append(runId, [textDraft("a"), textDraft("d")]);
    await log.append(runId, []);

    const events = await log.read(runId, 0);
    expect(seqs(events)).toEqual([1, 2, 3, 4]);
    expect(texts(events)).toEqual(["a", "b", "c", "d"]);
    expect(await runs.get(runId)).toMatchObject({ lastSeq: 4 });
    expect(texts(await log.read(runId, 3))).toEqual(["d"]);
    expect(await log.read(runId, 4)).toEqual([]);
  });

  test("progress that an earlier build stored without its attempt is read as of the first", async () => {
    const url = adapter.newUrl();
    const { log, runs } = (await openStore(url)).in(ACME);
    await runs.create(newRun());
    const told = { type: "tool-progress", toolInvocationId: ROOT_CALL, toolName: "count", progress: "half" } as const;
    await log.append(runId, [eventDraft("progress", { ...told, attempt: 2 }), textDraft("after")]);
    const asItWas = JSON.stringify(told);

    await adapter.execute(url, `update run_events set body = '${asItWas}' where seq = 1`);

    expect(await log.read(runId, 0)).toMatchObject([{ ...told, attempt: 1 }, { type: "text" }]);
  });

  test("20 writers in two processes at once leave no gap, no double and nothing out", async () => {
    const url = adapter.newUrl();
    const stores = [await openStore(url), await openStore(url)];
    await stores[0]?.in(ACME).runs.create(newRun());

    await Promise.all(
      numbers(20).map(async (writer) => {
        const log = stores[writer % 2]?.in(ACME).log ?? expect.fail();
        for (const n of numbers(10)) await log.append(runId, [textDraft(`shared ${n}`), textDraft(`${writer}/${n}`)]);
      }),
    );

    const events = (await stores[0]?.in(ACME).log.read(runId, 0)) ?? [];
    expect(seqs(events)).toEqual(numbers(210));
    expect(new Set(texts(events)).size).toBe(210);
  });

  test("a reader never sees a number before a smaller one", async () => {
    const url = adapter.newUrl();
    const [writers, readers] = [(await openStore(url)).in(ACME), (await openStore(url)).in(ACME)];
    await writers.runs.create(newRun());

    const writing = Promise.all(numbers(100).map((n) => writers.log.append(runId, [textDraft(`${n}`)])));
    for (let seen = 0; seen < 100;) {
      const events = await readers.log.read(runId, seen);
      expect(seqs(events)).toEqual(numbers(events.length).map((n) => n + seen));
      seen += events.length;
    }
    await writing;
  });

  test("one read gives at most its limit", async () => {
    const { log } = await startedRun(adapter);
    await log.append(
      runId,
      numbers(EVENTS_PER_READ + 5).map((n) => textDraft(`${n}`)),
    );

    expect(seqs(await log.read(runId, 0))).toEqual(numbers(EVENTS_PER_READ));
    expect(await log.read(runId, EVENTS_PER_READ)).toHaveLength(5);
  });

  test("a run that nobody created has no log", async () => {
    const { log } = (await openStore(adapter.newUrl())).in(ACME);

    await expect(log.append(runId, [textDraft("a")])).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
    expect(await log.read(runId, 0)).toEqual([]);
  });
});

describe.each(stateStores)("following a run in $name", (adapter) => {
  test("a follower that is there first sees everything and ends with finish", async () => {
    const { log, runs } = (await openStore(adapter.newUrl())).in(ACME);
    const following = collectEvents(log.follow(runId, 0));

    await runs.create(newRun());
    for (const n of numbers(20)) await log.append(runId, [textDraft(`${n}`)]);
    await log.append(runId, [finishDraft()]);

    expect(seqs(await following)).toEqual(numbers(21));
  });

  test("a commit reaches followers like an append", async () => {
    const { log, steps } = await startedRun(adapter);
    const following = collectEvents(log.follow(runId, 0));

    await steps.commit(stepAttempt(1), { result: null, events: [textDraft("a"), finishDraft()], close: rootClose() });

    expect(seqs(await following)).toEqual([1, 2]);
  });

  test("a late follower gets the past, from its cursor, longer than one read", async () => {
    const { log } = await startedRun(adapter);
    const count = 2 * EVENTS_PER_READ + 10;
    await log.append(runId, [...numbers(count - 1).map((n) => textDraft(`${n}`)), finishDraft()]);

    expect(seqs(await collectEvents(log.follow(runId, 0)))).toEqual(numbers(count));
    expect(seqs(await collectEvents(log.follow(runId, count - 3)))).toEqual([count - 2, count - 1, count]);
  });

  test("a follower that has seen the end of a run ends at once", async () => {
    const { log, steps } = await startedRun(adapter);
    await steps.commit(stepAttempt(1), { result: null, events: [finishDraft()], close: rootClose() });

    expect(await collectEvents(log.follow(runId, 1))).toEqual([]);
  });

  test("events of another process arrive", async () => {
    const url = adapter.newUrl();
    const [writer, reader] = [(await openStore(url)).in(ACME), (await openStore(url)).in(ACME)];
    const following = reader.log.follow(runId, 0)[Symbol.asyncIterator]();
    const first = following.next();

    await writer.runs.create(newRun());
    await writer.log.append(runId, [textDraft("a")]);
    expect((await first).value).toMatchObject({ seq: 1, text: "a" });
    const second = following.next();
    await writer.log.append(runId, [finishDraft()]);

    expect((await second).value).toMatchObject({ seq: 2, type: "finish" });
    expect((await following.next()).done).toBe(true);
  });

  test("events of both processes arrive in order", async () => {
    const url = adapter.newUrl();
    const [one, two] = [(await openStore(url)).in(ACME), (await openStore(url)).in(ACME)];
    await one.runs.create(newRun());
    const following = [collectEvents(one.log.follow(runId, 0)), collectEvents(two.log.follow(runId, 0))];

    await Promise.all(numbers(40).map((n) => (n % 2 === 0 ? one : two).log.append(runId, [textDraft(`${n}`)])));
    await one.log.append(runId, [finishDraft()]);

    for (const follower of following) expect(seqs(await follower)).toEqual(numbers(41));
  });

  test("200 followers that come at different times all see the same", async () => {
    const { log } = await startedRun(adapter);
    const followers: Promise<readonly RunEvent[]>[] = [];
    for (const n of numbers(50)) {
      await log.append(runId, [textDraft(`${n}`)]);
      for (let count = 0; count < 4; count++) followers.push(collectEvents(log.follow(runId, 0)));
    }
    await log.append(runId, [finishDraft()]);

    for (const follower of followers) expect(seqs(await follower)).toEqual(numbers(51));
    expect(followers).toHaveLength(200);
  });

  test("a follower that is far too slow loses nothing", async () => {
    const { log } = await startedRun(adapter);
    const slow = log.follow(runId, 0)[Symbol.asyncIterator]();
    const first = slow.next();
    await log.append(runId, [textDraft("0")]);
    const seen = [(await first).value?.seq];

    for (const n of numbers(30))
      await log.append(
        runId,
        numbers(50).map((m) => textDraft(`${n}/${m}`, "x".repeat(2000))),
      );
    await log.append(runId, [finishDraft()]);
    for (let next = await slow.next(); !next.done; next = await slow.next()) seen.push(next.value.seq);

    expect(seen).toEqual(numbers(1502));
  });

  test("a follower ends quietly when it is aborted, before, while it waits and between events", async () => {
    const { log } = await startedRun(adapter);
    await log.append(runId, [textDraft("a"), textDraft("b")]);
    const abort = new AbortController();
    const waiting = collectEvents(log.follow(runId, 2, abort.signal));
    const between = log.follow(runId, 0, abort.signal)[Symbol.asyncIterator]();
    await between.next();

    abort.abort();

    expect(await waiting).toEqual([]);
    expect((await between.next()).done).toBe(true);
    expect(await collectEvents(log.follow(runId, 0, abort.signal))).toEqual([]);
  });

  test("closing the store ends its followers", async () => {
    const store = await openStore(adapter.newUrl());
    await store.in(ACME).runs.create(newRun());
    const following = collectEvents(store.in(ACME).log.follow(runId, 0));
    await store.in(ACME).log.read(runId, 0);

    await store.close();

    expect(await following).toEqual([]);
  });

  test("a run can be followed again after its last follower left", async () => {
    const { log } = await startedRun(adapter);
    await log.append(runId, [textDraft("a")]);
    for await (const event of log.follow(runId, 0)) if (event.seq === 1) break;

    const again = collectEvents(log.follow(runId, 0));
    await log.append(runId, [textDraft("b"), finishDraft()]);

    expect(texts(await again)).toEqual(["a", "b"]);
  });
});
