import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { expect, inject, onTestFinished, test } from "vitest";
import { type InspectableTarget, openTargetDatabase } from "../../src/data-access.ts";
import { createPostgresShop, createSqliteShop, type ShopDatabase } from "../helpers/shop-database.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

test("on SQLite the connection of queries refuses the write, and the folder stays as it was", async () => {
  const shop = removed(createSqliteShop());
  const before = await shop.fingerprint();

  const attempts = await opened(shop.readerUrl).attemptWrites();

  expect(attempts).toMatchObject([{ as: "query", outcome: "refused", text: expect.stringContaining("readonly") }]);
  expect(await shop.fingerprint()).toBe(before);
});

test("on Postgres a login that only reads is refused both ways", async () => {
  const shop = removed(await createPostgresShop(inject("postgresUrl")));

  const attempts = await opened(shop.readerUrl).attemptWrites();

  expect(attempts).toMatchObject([
    { as: "query", outcome: "refused", text: expect.stringContaining("read-only transaction") },
    { as: "login", outcome: "refused", text: expect.stringContaining("permission denied") },
  ]);
});

test("on Postgres a login that may write gets through where queries do not, and leaves nothing behind", async () => {
  const shop = removed(await createPostgresShop(inject("postgresUrl")));
  const clerk = `clerk_${randomBytes(4).toString("hex")}`;
  await execute(shop.writerUrl, `CREATE ROLE ${clerk} LOGIN; GRANT SELECT, DELETE ON order_items TO ${clerk}`);
  onTestFinished(() => execute(shop.writerUrl, `DROP OWNED BY ${clerk}; DROP ROLE ${clerk}`));
  const before = await shop.fingerprint();

  const bySuperuser = await opened(shop.writerUrl).attemptWrites();
  const byClerk = await opened(shop.writerUrl.replace("//postgres@", `//${clerk}@`)).attemptWrites();

  const expected = { as: "login", outcome: "went_through", statement: "DELETE FROM public.order_items WHERE false" };
  expect(byClerk).toMatchObject([{ as: "query", outcome: "refused" }, expected]);
  expect(bySuperuser).toMatchObject([
    { as: "query", outcome: "refused" },
    { as: "login", outcome: "went_through" },
  ]);
  expect(await shop.fingerprint()).toBe(before);
});

test("a login that may only create is found out by creating, in an empty database", async () => {
  const name = `empty_${randomBytes(4).toString("hex")}`;
  await execute(inject("postgresUrl"), `CREATE DATABASE ${name}`);
  onTestFinished(() => execute(inject("postgresUrl"), `DROP DATABASE ${name} WITH (FORCE)`));

  const attempts = await opened(inject("postgresUrl").replace(/\/postgres$/, `/${name}`)).attemptWrites();

  expect(attempts[1]).toMatchObject({ outcome: "went_through", statement: expect.stringContaining("CREATE TABLE") });
});

test("what cannot be reached or read was not proven", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "text.db"), "this is a text of more than a hundred bytes, ".repeat(10));
  const unreachable = new URL(inject("postgresUrl"));
  unreachable.port = "1";
  const urls = [unreachable.href, `sqlite:${join(folder, "none.db")}`, `sqlite:${join(folder, "text.db")}`];

  const outcomes = await Promise.all(urls.map((url) => opened(url).attemptWrites()));

  expect(outcomes.flat().map(({ outcome }) => outcome)).toEqual(
    ["unavailable", "unavailable", "unavailable", "unavailable"], // two for Postgres
  );
});

function opened(url: string): InspectableTarget {
  const target = openTargetDatabase(url);
  onTestFinished(() => target.close());
  return target;
}

function removed(shop: ShopDatabase): ShopDatabase {
  onTestFinished(() => shop.remove());
  return shop;
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
