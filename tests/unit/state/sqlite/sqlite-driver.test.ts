import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { Kysely, sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { SqliteDialect, whileBusy } from "../../../../src/state/sqlite/sqlite-driver.ts";
import { temporaryFolder } from "../../../helpers/temporary-folder.ts";

interface Tables {
  readonly counters: { readonly id: number; readonly value: number };
}

interface Opened {
  readonly raw: SqliteDatabase.Database;
  readonly db: Kysely<Tables>;
}

function open(path: string): Opened {
  const raw = new SqliteDatabase(path, { timeout: 0 });
  raw.exec("pragma journal_mode = wal; create table if not exists counters (id integer primary key, value integer)");
  const db = new Kysely<Tables>({ dialect: new SqliteDialect(raw) });
  onTestFinished(() => {
    if (raw.open) raw.close();
  });
  return { raw, db };
}

test("a transaction has the write lock from its begin", async () => {
  const path = join(temporaryFolder(), "a.db");
  const [one, two] = [open(path), open(path)];

  await one.db.transaction().execute(async () => {
    expect(() => two.raw.exec("begin immediate")).toThrow(expect.objectContaining({ code: "SQLITE_BUSY" }));
  });

  two.raw.exec("begin immediate; rollback");
});

test("transactions that read before they write wait for each other, on one connection and on two", async () => {
  const path = join(temporaryFolder(), "a.db");
  const [one, two] = [open(path), open(path)];
  await one.db.insertInto("counters").values({ id: 1, value: 0 }).execute();

  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      (index % 2 === 0 ? one : two).db.transaction().execute(async (tx) => {
        const { value } = await tx.selectFrom("counters").select("value").executeTakeFirstOrThrow();
        await tx
          .updateTable("counters")
          .set({ value: value + 1 })
          .execute();
      }),
    ),
  );

  expect(await two.db.selectFrom("counters").select("value").executeTakeFirst()).toEqual({ value: 40 });
});

test("waiting for a lock leaves the event loop free", async () => {
  const path = join(temporaryFolder(), "a.db");
  const [holder, waiter] = [open(path), open(path)];
  holder.raw.exec("begin immediate");

  const insert = waiter.db.insertInto("counters").values({ id: 1, value: 1 }).execute();
  await new Promise((resolve) => setImmediate(resolve));
  holder.raw.exec("commit");
  await insert;

  expect(holder.raw.prepare("select count(*) as count from counters").get()).toEqual({ count: 1 });
});

test("a lock that stays is reported after the time allowed", async () => {
  const path = join(temporaryFolder(), "a.db");
  const [holder, waiter] = [open(path), open(path)];
  holder.raw.exec("begin immediate");

  const write = whileBusy(() => waiter.raw.exec("begin immediate"), 50);

  await expect(write).rejects.toMatchObject({ code: "SQLITE_BUSY" });
});

test("a failed transaction is undone, also when SQLite ended it by itself", async () => {
  const { raw, db } = open(join(temporaryFolder(), "a.db"));
  const pages = Number(raw.pragma("page_count", { simple: true }));
  raw.exec("create table filler (data blob)");
  raw.pragma(`max_page_count = ${pages + 10}`);

  const full = db.transaction().execute(async (tx) => {
    await tx.insertInto("counters").values({ id: 1, value: 1 }).execute();
    for (;;) await sql`insert into filler values (zeroblob(4000))`.execute(tx);
  });

  await expect(full).rejects.toMatchObject({ code: "SQLITE_FULL" });
  expect(await db.selectFrom("counters").selectAll().execute()).toEqual([]);
  await db.insertInto("counters").values({ id: 2, value: 2 }).execute();
});
