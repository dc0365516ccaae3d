import { randomBytes } from "node:crypto";
import pg from "pg";
import { expect, inject, onTestFinished, test } from "vitest";
import type { StateStore } from "../../src/state/port.ts";
import { transcriptNode } from "../../src/state/transcripts/transcript-node.ts";
import {
  ACME,
  collectEvents,
  finishDraft,
  newRun,
  stepAttempt,
  textDraft,
  texts,
  userMessage,
} from "../helpers/state-records.ts";
import { openStore, stateStores } from "./state-store.ts";

const postgres = stateStores.find((adapter) => adapter.name === "postgres") ?? expect.fail("no adapter");
const { runId } = newRun();

async function administrator(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** A URL whose connections can be told from those of other tests. */
function namedUrl(): { readonly url: string; readonly name: string } {
  const name = `bridle-${randomBytes(6).toString("hex")}`;
  return { url: `${postgres.newUrl()}&application_name=${name}`, name };
}

async function openNamed(): Promise<{ readonly store: StateStore; readonly name: string; readonly url: string }> {
  const { url, name } = namedUrl();
  return { store: await openStore(url), name, url };
}

function schemaOf(url: string): string {
  return /schema=(\w+)/.exec(url)?.[1] ?? expect.fail("no schema");
}

const WAITING = "from pg_stat_activity where application_name = $1 and wait_event_type = 'Lock'";

async function countWaiting(admin: pg.Client, name: string): Promise<number> {
  return (await admin.query(`select 1 ${WAITING}`, [name])).rowCount ?? 0;
}

async function terminateWaiting(admin: pg.Client, name: string): Promise<number> {
  return (await admin.query(`select pg_terminate_backend(pid) ${WAITING}`, [name])).rowCount ?? 0;
}

test("a store works again by itself after the server dropped all its connections", async () => {
  const { store, name, url } = await openNamed();
  const other = await openStore(url.replace(name, `${name}-other`));
  const { log, runs } = store.in(ACME);
  await runs.create(newRun());
  const following = collectEvents(log.follow(runId, 0));
  await log.append(runId, [textDraft("before")]);

  const admin = await administrator();
  await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", [name]);
  await expect
    .poll(() =>
      log.append(runId, [textDraft("after")]).then(
        () => "ok",
        () => "failed",
      ),
    )
    .toBe("ok");
  await other.in(ACME).log.append(runId, [textDraft("other"), finishDraft()]);

  expect(texts(await following)).toEqual(["before", "after", "other"]);
});

test("a connection that breaks in the middle of a transaction is a failure worth trying again", async () => {
  const { store, name, url } = await openNamed();
  await store.in(ACME).runs.create(newRun());
  const admin = await administrator();
  await admin.query("begin");
  await admin.query(`select 1 from ${schemaOf(url)}.runs for update`);

  const failure = store
    .in(ACME)
    .log.append(runId, [textDraft("a")])
    .catch((error: unknown) => error);
  await expect.poll(() => terminateWaiting(admin, name)).toBe(1);
  expect(await failure).toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  await admin.query("rollback");

  await store.in(ACME).log.append(runId, [textDraft("a")]);
  expect(texts(await store.in(ACME).log.read(runId, 0))).toEqual(["a"]);
});

test("a statement that the database itself cut off for waiting too long is worth trying again", async () => {
  const { url } = namedUrl();
  const store = await openStore(`${url}&options=${encodeURIComponent("-c statement_timeout=200")}`);
  await store.in(ACME).runs.create(newRun());
  const admin = await administrator();
  await admin.query("begin");
  await admin.query(`select 1 from ${schemaOf(url)}.runs for update`);

  const failure = await store
    .in(ACME)
    .log.append(runId, [textDraft("a")])
    .catch((error: unknown) => error);
  await admin.query("rollback");

  expect(failure).toMatchObject({ code: "STORE_BUSY", retryable: true });
  await store.in(ACME).log.append(runId, [textDraft("a")]);
  expect(texts(await store.in(ACME).log.read(runId, 0))).toEqual(["a"]);
});

test("events of another process arrive by notice, long before the fall-back poll", async () => {
  const { url } = namedUrl();
  const [reader, writer] = [await openStore(url), await openStore(url)];
  await writer.in(ACME).runs.create(newRun());
  const following = reader.in(ACME).log.follow(runId, 0)[Symbol.asyncIterator]();
  const first = following.next();
  await writer.in(ACME).log.append(runId, [textDraft("warm up")]);
  await first;

  const delays: number[] = [];
  for (let n = 0; n < 10; n++) {
    const next = following.next();
    const start = performance.now();
    await writer.in(ACME).log.append(runId, [textDraft(`${n}`)]);
    await next;
    delays.push(performance.now() - start);
  }

  expect(delays.sort((a, b) => a - b)[5]).toBeLessThan(200);
});

test("a database that does not exist is not worth trying again", async () => {
  const url = inject("postgresUrl").replace(/\/postgres$/, "/nowhere");

  await expect(openStore(url)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", retryable: false });
});

test("a read-only database is named as such", async () => {
  const url = `${postgres.newUrl()}&options=-c%20default_transaction_read_only%3Don`;

  await expect(openStore(url)).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining("read-only"),
  });
});

test("writers of the same large messages in opposite order wait for each other", async () => {
  const { store } = await openNamed();
  const text = (index: number): string => `message ${index} `.padEnd(40_000, "x");
  const nodes = Array.from({ length: 20 }, (_, index) => transcriptNode(null, userMessage(text(index))));

  const appends = Array.from({ length: 8 }, (_, index) =>
    store.in(ACME).transcripts.append(index % 2 === 0 ? nodes : nodes.toReversed()),
  );
  await Promise.all(appends);

  const loaded = await Promise.all(nodes.map((node) => store.in(ACME).transcripts.load(node.hash)));
  expect(loaded).toEqual(nodes.map((node) => [node]));
});

test("a transaction that loses a deadlock is run again, not reported", async () => {
  const { store, name, url } = await openNamed();
  await store.in(ACME).runs.create(newRun());
  await store.in(ACME).steps.begin(stepAttempt(1));
  const admin = await administrator();
  await admin.query(
    `set deadlock_timeout = '1min'; set search_path = ${schemaOf(url)}; begin; select 1 from runs for update`,
  );

  const append = store.in(ACME).log.append(runId, [textDraft("a")], stepAttempt(1));
  await expect.poll(() => countWaiting(admin, name)).toBe(1);
  await admin.query("update steps set attempt = attempt; rollback");
  await append;

  expect(texts(await store.in(ACME).log.read(runId, 0))).toEqual(["a"]);
});
