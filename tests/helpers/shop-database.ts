import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { openDatabase } from "../../src/sqlite/open-database.ts";

/** A database that the corpora of statements are about. */
export interface ShopDatabase {
  /** URL of a login that may write, a superuser for Postgres. */
  readonly writerUrl: string;
  /** URL of a login that may only read; the same for SQLite. */
  readonly readerUrl: string;
  readonly folder: string;
  /** Everything that a statement could have changed. */
  fingerprint(): Promise<string>;
  remove(): Promise<void>;
}

/** Makes the shop in a SQLite file, beside a file that nothing may read. */
export function createSqliteShop(): ShopDatabase {
  const folder = mkdtempSync(join(tmpdir(), "bridle-shop-"));
  const db = openDatabase(join(folder, "shop.db"));
  db.exec(`${TABLES}; CREATE VIRTUAL TABLE notes USING fts5(body); INSERT INTO notes VALUES ('a refund for ada');`);
  db.close();
  const secret = openDatabase(join(folder, "secret.db"));
  secret.exec("CREATE TABLE secrets(x); INSERT INTO secrets VALUES ('hunter2')");
  secret.close();
  const url = `sqlite:${join(folder, "shop.db")}`;
  return {
    writerUrl: url,
    readerUrl: url,
    folder,
    fingerprint: () =>
      Promise.resolve(hashOf(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]))),
    remove: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  };
}

/** Makes the shop in a Postgres database of its own, with a login that may read it. */
export async function createPostgresShop(serverUrl: string): Promise<ShopDatabase> {
  const name = `shop_${process.pid}_${Date.now()}`;
  const folder = mkdtempSync(join(tmpdir(), "bridle-shop-"));
  await execute(serverUrl, `CREATE DATABASE ${name}`);
  const writerUrl = serverUrl.replace(/\/postgres$/, `/${name}`);
  await execute(writerUrl, `${TABLES}; ${POSTGRES_ONLY}`);
  await execute(
    writerUrl,
    `CREATE ROLE ${name} LOGIN NOSUPERUSER NOINHERIT; ALTER ROLE ${name} SET default_transaction_read_only = on;
     REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC; GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name}`,
  );
  const readerUrl = writerUrl.replace("//postgres@", `//${name}@`);
  return {
    writerUrl,
    readerUrl,
    folder,
    fingerprint: async () =>
      hashOf([
        ...(await answers(writerUrl, FINGERPRINT)),
        readdirSync(tmpdir()).filter((file) => file === "bridle-evil"),
      ]),
    remove: async () => {
      await execute(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
      await execute(serverUrl, `DROP ROLE ${name}`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const TABLES = `
CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, email TEXT UNIQUE, country TEXT);
CREATE TABLE products(id INTEGER PRIMARY KEY, name TEXT, price NUMERIC, tags JSONB);
CREATE TABLE orders(id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), status TEXT, total NUMERIC, placed_at TIMESTAMP);
CREATE TABLE order_items(id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders(id), product_id INTEGER, quantity INTEGER);
CREATE INDEX orders_by_customer ON orders(customer_id);
CREATE TABLE "update"("update" INTEGER, "delete" INTEGER, "drop" TEXT, "order" TEXT);
CREATE TABLE "tëst"("größe" INTEGER);
CREATE TABLE odd("constructor" TEXT, "__proto__" TEXT);
CREATE TABLE "</script><img src=x onerror=alert(1)>"(a INTEGER);
CREATE VIEW paid_orders AS SELECT * FROM orders WHERE status = 'paid';
INSERT INTO customers VALUES (1, 'Ada', 'ada@example.com', 'UK'), (2, 'Bob', NULL, 'US'), (3, 'Cleo', 'x', NULL);
INSERT INTO products VALUES (1, 'Pen', 1.5, '["a","b"]'), (2, 'Ink', 7, '[]');
INSERT INTO orders VALUES (1, 1, 'paid', 12.5, '2026-01-02 03:04:05'), (2, 1, 'open', 7, '2026-02-01 00:00:00'), (3, 2, 'deleted', 1, NULL);
INSERT INTO order_items VALUES (1, 1, 1, 2), (2, 2, 2, 1);
INSERT INTO "update" VALUES (1, 2, 'a', 'b');
INSERT INTO "tëst" VALUES (1);
INSERT INTO odd("constructor", "__proto__") VALUES ('c', 'p')`;

const POSTGRES_ONLY = `
CREATE SEQUENCE numbers;
CREATE TYPE mood AS ENUM ('happy', 'sad');
ALTER TABLE odd ADD COLUMN mood mood;
CREATE MATERIALIZED VIEW totals AS SELECT status, sum(total) AS total FROM orders GROUP BY status;
CREATE SCHEMA other; CREATE TABLE other.secrets AS SELECT 'hunter2' AS x;
CREATE FUNCTION danger() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN PERFORM nextval('numbers'); RETURN 1; END $$;
CREATE FUNCTION danger_of(c customers) RETURNS int LANGUAGE sql AS 'SELECT danger()';
CREATE FUNCTION liar(a int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_sleep(60); RETURN 1; END $$;
CREATE FUNCTION sneaky(a int, b int) RETURNS boolean LANGUAGE sql AS 'SELECT danger() = 1';
CREATE OPERATOR <!> (LEFTARG = int, RIGHTARG = int, FUNCTION = sneaky);
CREATE FUNCTION waits(a text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_advisory_lock(7), pg_sleep(60); RETURN true; END $$;
CREATE DOMAIN waiting AS text CHECK (waits(VALUE));
CREATE DOMAIN short_text AS text CHECK (length(VALUE) < 20);
CREATE DOMAIN waiting_too AS waiting;
CREATE TYPE waiting_pair AS (a int, b waiting);
CREATE FUNCTION revenue() RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 1';
CREATE FUNCTION last_day_of(a timestamp) RETURNS date LANGUAGE sql AS 'SELECT a::date';
CREATE VIEW bad_view AS SELECT danger() AS a;
CREATE VIEW view_of_bad_view AS SELECT * FROM bad_view;
CREATE EXTENSION postgres_fdw;
CREATE SERVER abroad FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'abroad.example.com');
CREATE USER MAPPING FOR postgres SERVER abroad OPTIONS (user 'u', password 'hunter2');
CREATE TABLE waiting_pairs (a int, b waiting);
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE TABLE ledger (line text) PARTITION BY LIST (line);
CREATE TABLE ledger_of_files PARTITION OF ledger DEFAULT PARTITION BY LIST (line);
CREATE FOREIGN TABLE ledger_file PARTITION OF ledger_of_files DEFAULT SERVER files OPTIONS (filename '/etc/passwd', delimiter E'\\x01');
CREATE TABLE journal (line text);
CREATE FOREIGN TABLE journal_file (line text) INHERITS (journal) SERVER files OPTIONS (filename '/etc/passwd', delimiter E'\\x01');
CREATE VIEW journal_view AS SELECT line FROM journal`;

const FINGERPRINT = [
  ...["customers", "products", "orders", "order_items", '"update"', "odd", "totals", "other.secrets"].map(
    (table) => `SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM ${table} t`,
  ),
  "SELECT last_value, is_called FROM numbers",
  "SELECT count(*) FROM pg_class",
  "SELECT count(*) FROM pg_proc",
  // Roles, slots and settings are the whole server's, which other tests share; these are what the statements would make.
  "SELECT count(*) FROM pg_roles WHERE rolname = 'evil'",
  "SELECT count(*) FROM pg_largeobject_metadata",
  "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'evil'",
  "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
  "SELECT count(*) FROM pg_extension",
  "SELECT md5(string_agg(rolname || rolsuper || coalesce(rolpassword, ''), ',' ORDER BY rolname)) FROM pg_authid WHERE rolname = 'postgres'",
  "SELECT count(*) FROM pg_namespace",
  "SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname IN (current_database(), 'postgres')",
];

/** Runs statements on a connection of their own. */
export async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function answers(url: string, questions: readonly string[]): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const rows: unknown[] = [];
    for (const question of questions) rows.push((await client.query({ text: question, rowMode: "array" })).rows);
    return rows;
  } finally {
    await client.end();
  }
}

function hashOf(parts: readonly unknown[]): string {
  const hash = createHash("sha256");
  for (const part of parts.flat()) hash.update(Buffer.isBuffer(part) ? part : JSON.stringify(part));
  return hash.digest("hex");
}
