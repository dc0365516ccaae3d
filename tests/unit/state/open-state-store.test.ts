import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import SqliteDatabase from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openStateStore } from "../../../src/state/open-state-store.ts";
import type { StateStore } from "../../../src/state/port.ts";
import { ACME, conversation, newRun, textDraft } from "../../helpers/state-records.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

async function open(path: string): Promise<StateStore> {
  const store = await openStateStore({ url: `sqlite:${path}` });
  onTestFinished(() => store.close());
  return store;
}

test("the database and the files beside it belong to their owner only and are described", async () => {
  const before = process.umask(0o000);
  onTestFinished(() => void process.umask(before));
  const path = join(temporaryFolder(), "state.db");

  const store = await open(path);
  await store.in(ACME).runs.create(newRun());

  expect(store.describe().map((file) => file.path)).toEqual([path, `${path}-wal`, `${path}-shm`]);
  for (const file of store.describe()) expect((statSync(file.path).mode & 0o777).toString(8)).toBe("600");
});

test("a store that is opened again has what was written", async () => {
  const path = join(temporaryFolder(), "state.db");
  const first = await open(path);
  await first.in(ACME).runs.create(newRun());
  await first.close();

  expect(await (await open(path)).in(ACME).runs.get(newRun().runId)).toMatchObject({ app: "shop" });
});

test("three slashes before an absolute path mean the same file", async () => {
  const path = join(temporaryFolder(), "state.db");
  const store = await openStateStore({ url: `sqlite://${path}` });
  onTestFinished(() => store.close());

  expect(store.describe()[0]?.path).toBe(path);
});

test("a store of a later version is refused before anything is written", async () => {
  const path = join(temporaryFolder(), "state.db");
  await (await open(path)).close();
  const database = new SqliteDatabase(path);
  database.pragma("user_version = 99");
  database.close();

  await expect(open(path)).rejects.toMatchObject({ code: "STORE_NEWER", message: expect.stringContaining("99") });
});

test("a store that was emptied is refused, and its file stays as it is", async () => {
  const path = join(temporaryFolder(), "state.db");
  await (await open(path)).close();
  truncateSync(path, 0);

  await expect(open(path)).rejects.toMatchObject({ code: "STORE_EMPTY", hint: expect.any(String) });
  expect(statSync(path).size).toBe(0);
});

test("a store whose header was overwritten is refused", async () => {
  const path = join(temporaryFolder(), "state.db");
  await (await open(path)).close();
  writeFileSync(path, Buffer.concat([Buffer.from("garbage garbage "), readFileSync(path).subarray(16)]));

  await expect(open(path)).rejects.toMatchObject({ code: "STORE_CORRUPT" });
});

test("damage inside the file is reported with its path when it is met", async () => {
  const path = join(temporaryFolder(), "state.db");
  const first = await open(path);
  const nodes = conversation(200, "x".repeat(500));
  await first.in(ACME).transcripts.append(nodes);
  await first.close();
  const file = openSync(path, "r+");
  for (let page = 1; page * 4096 < statSync(path).size; page++)
    writeSync(file, Buffer.alloc(4096, 0xff), 0, 4096, page * 4096);
  closeSync(file);

  const load = open(path).then((store) => store.in(ACME).transcripts.load(nodes[199]?.hash ?? expect.fail()));

  await expect(load).rejects.toMatchObject({
    code: "STORE_CORRUPT",
    retryable: false,
    message: expect.stringContaining(path),
  });
});

test("a path below a file is unavailable, not created", async () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");

  await expect(open(join(file, "state.db"))).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining(file),
  });
});

test("a write waits for another process that holds the lock", async () => {
  const path = join(temporaryFolder(), "state.db");
  const store = await open(path);
  const other = new SqliteDatabase(path);
  onTestFinished(() => void other.close());
  other.exec("begin immediate");

  const creating = store.in(ACME).runs.create(newRun());
  expect(await store.in(ACME).runs.get(newRun().runId)).toBeNull();
  other.exec("commit");

  expect(await creating).toMatchObject({ created: true });
});

test("a row that does not fit its schema is called damaged, without its content", async () => {
  const path = join(temporaryFolder(), "state.db");
  const store = await open(path);
  await store.in(ACME).runs.create(newRun());
  await store.in(ACME).log.append(newRun().runId, [textDraft("secret text")]);
  const other = new SqliteDatabase(path);
  other.exec("update run_events set body = replace(body, 'step', 'stop'); update runs set status = 'dancing'");
  other.close();

  const failures = await Promise.allSettled([
    store.in(ACME).log.read(newRun().runId, 0),
    store.in(ACME).runs.get(newRun().runId),
  ]);

  for (const failure of failures) expect(failure).toMatchObject({ reason: { code: "STORE_CORRUPT" } });
  expect(inspect(failures)).not.toContain("secret text");
});

test.each(["", "state.db", "mysql://root:hunter2@host/db", "sqlite:", "sqlite::memory:", "/data/hunter2.db"])(
  "the URL %j is refused with an example and without its secrets",
  async (url) => {
    const error: unknown = await openStateStore({ url }).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ code: "INPUT_INVALID", hint: expect.stringContaining("sqlite:") });
    expect(inspect(error)).not.toContain("hunter2");
  },
);

test.each([
  ["postgres://bridle:hunter2@127.0.0.1:1/db", { code: "STORE_UNAVAILABLE", retryable: true }],
  ["postgresql://bridle:hunter2@127.0.0.1:1/db?schema=fine", { code: "STORE_UNAVAILABLE", retryable: true }],
  ["postgres://bridle:hunter2@host:notaport/db", { code: "INPUT_INVALID" }],
  ["postgres://bridle:hunter2@127.0.0.1:1/db?schema=Not%20Fine", { code: "INPUT_INVALID" }],
])("%s fails without its password", async (url, expected) => {
  const error: unknown = await openStateStore({ url }).catch((reason: unknown) => reason);

  expect(error).toMatchObject(expected);
  expect(inspect(error, { depth: 10 })).not.toContain("hunter2");
});
