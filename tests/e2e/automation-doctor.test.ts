import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, inject, onTestFinished, test } from "vitest";
import * as z from "zod";
import { openStateStore } from "../../src/state/open-state-store.ts";
import { SCHEMA_VERSION } from "../../src/state/migrations/migrate.ts";
import { startFakeMessagesApi } from "../../src/testing/index.ts";
import { bridle, cliProject, type CliProject, type CliResult, parseJson } from "../helpers/cli.ts";
import { createPostgresShop, type ShopDatabase } from "../helpers/shop-database.ts";

const Report = z.looseObject({
  schemaVersion: z.literal(1),
  files: z.array(z.strictObject({ path: z.string(), kind: z.string(), role: z.string() })),
  versions: z.record(z.string(), z.string().nullable()),
  pollers: z.number().nullable(),
  pendingApprovals: z.number(),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      status: z.enum(["ok", "warn", "fail"]),
      message: z.string(),
      fix: z.string().optional(),
    }),
  ),
});

test("a SQLite target is proven read-only; the catalog and its index are looked at, and --fix builds the index", async () => {
  const here = dataProject({ kind: "sqlite", url: "sqlite:shop.db" });
  const shop = new Database(join(here.folder, "shop.db"));
  shop.exec("CREATE TABLE product(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO product VALUES (1, 'Pen')");
  shop.close();

  const before = await doctor(here);
  const made = readdirSync(here.folder);
  const profiled = await bridle(here, ["data", "profile", "database"]);
  const stale = await doctor(here);
  const fixed = await doctor(here, "--fix");
  const again = await doctor(here);

  expect(before.code).toBe(0);
  expect(before.check("target read-only")).toMatchObject({ status: "ok", message: expect.stringMatching(/^proven: /) });
  expect(before.check("catalog")).toMatchObject({ status: "ok", message: expect.stringContaining("first use") });
  expect(before.check("kv")).toMatchObject({ status: "ok", message: expect.stringContaining("first use") });
  expect(made.toSorted()).toEqual(["data.json", "shop.db"]);
  expect(profiled.code).toBe(0);
  expect(stale.check("catalog")).toMatchObject({ status: "ok", message: "knows all 1 tables of shop" });
  expect(stale.check("catalog index")).toMatchObject({
    status: "warn",
    fix: expect.stringContaining("data catalog index rebuild"),
  });
  expect(fixed.check("catalog index")).toMatchObject({ status: "ok", message: expect.stringContaining("built anew") });
  expect(again.check("catalog index")).toMatchObject({ status: "ok", message: expect.stringContaining("as it is") });

  const grown = new Database(join(here.folder, "shop.db"));
  grown.exec("CREATE TABLE orders(id INTEGER PRIMARY KEY)");
  grown.close();
  expect((await doctor(here)).check("catalog")).toMatchObject({
    status: "warn",
    message: "does not know 1 of 2 tables of shop: main.orders",
    fix: expect.stringContaining("data profile database"),
  });
});

test("a Postgres login that can write fails with the SQL of one that cannot, and that one passes", async () => {
  const shop = await createPostgresShop(inject("postgresUrl"));
  onTestFinished(() => shop.remove());
  const before = await shop.fingerprint();

  const writer = await doctor(postgresProject(shop, shop.writerUrl));
  const reader = await doctor(postgresProject(shop, shop.readerUrl));
  const text = await bridle(postgresProject(shop, shop.writerUrl), ["doctor"]);

  expect(writer.code).toBe(1);
  expect(writer.check("target read-only")).toMatchObject({
    status: "fail",
    message: expect.stringContaining("postgres can write: DELETE FROM"),
    fix: expect.stringContaining("GRANT SELECT ON ALL TABLES IN SCHEMA"),
  });
  expect(text.stdout).toMatch(/^ {20,}CREATE ROLE bridle_reader LOGIN/m);
  expect(reader.code).toBe(0);
  expect(reader.check("target read-only")).toMatchObject({ status: "ok", message: expect.stringMatching(/^proven: /) });
  expect(await shop.fingerprint()).toBe(before);
});

test("a target that cannot be reached fails without showing its password, and a broken file is told by its key", async () => {
  const unreachable = new URL(inject("postgresUrl"));
  unreachable.username = "ann";
  unreachable.password = "hunter2-hunter2";
  unreachable.port = "1";
  const here = dataProject({ kind: "postgres", url_env: "SHOP_URL" }, { SHOP_URL: unreachable.href });
  const wrong = dataProject({ kind: "postgres", url_env: "NOBODY_SET_THIS" });

  const gone = await doctor(here);
  const misread = await doctor(wrong);

  expect(gone.code).toBe(1);
  expect(gone.check("target database")).toMatchObject({
    status: "fail",
    message: expect.stringContaining("ECONNREFUSED"),
  });
  expect(gone.stdout + gone.stderr).not.toContain("hunter2");
  expect(misread.code).toBe(1);
  expect(misread.check("data environment").message).toContain("NOBODY_SET_THIS");
});

test("the server's version, its clock and the pollers of the queue are told", async () => {
  const here = cliProject({ TEMPORAL_ADDRESS: inject("temporalAddress") });

  const { code, report, check } = await doctor(here);
  const nowhere = await doctor(here, "--namespace", "nowhere");

  expect(code).toBe(0);
  expect(report.versions["temporal-server"]).toMatch(/^\d+\.\d+\.\d+/);
  expect(report.pollers).toBe(0);
  expect(check("workers")).toMatchObject({ status: "warn", fix: expect.stringContaining("bridle worker") });
  expect(check("clock")).toMatchObject({ status: "ok", message: expect.stringMatching(/^-?\d+ ms from the server's/) });
  expect(nowhere.code).toBe(1);
  expect(nowhere.check("temporal")).toMatchObject({ status: "fail" });
});

test("--live asks the provider once, for one token; a key that it refuses fails and is not shown", async () => {
  const api = await startFakeMessagesApi({ apiKey: "sk-ant-right-key" });
  onTestFinished(() => api.close());
  api.respond(() => ({ text: "H" }));
  const withKey = (key: string): CliProject => cliProject({ ANTHROPIC_BASE_URL: api.url, ANTHROPIC_API_KEY: key });

  const unasked = await doctor(withKey("sk-ant-right-key"));
  const asked = api.requests.length;
  const right = await doctor(withKey("sk-ant-right-key"), "--live");
  const wrong = await doctor(withKey("sk-ant-wrong-key"), "--live");

  expect(unasked.check("model key")).toMatchObject({ status: "ok", message: expect.stringContaining("is set") });
  expect(asked).toBe(0);
  expect(right.check("model key")).toMatchObject({ status: "ok", message: expect.stringContaining("answered") });
  expect(api.requests[0]?.body).toMatchObject({ max_tokens: 1 });
  expect(api.requests).toHaveLength(2);
  expect(wrong.code).toBe(1);
  expect(wrong.check("model key")).toMatchObject({ status: "fail", fix: expect.any(String) });
  expect(wrong.stdout + wrong.stderr).not.toContain("sk-ant-wrong-key");
});

test("a state store of another version is told, and left as it is", async () => {
  const here = cliProject();
  const home = join(here.folder, ".bridle");
  mkdirSync(home, { mode: 0o700 });
  const file = join(home, "state.db");
  await (await openStateStore({ url: `sqlite:${file}` })).close();
  const setVersion = (version: number): void => {
    const db = new Database(file);
    db.exec(`UPDATE migrations SET version = ${version} WHERE version = (SELECT max(version) FROM migrations)`);
    db.pragma(`user_version = ${version}`);
    db.close();
  };

  const current = await doctor(here);
  setVersion(SCHEMA_VERSION + 7);
  const newer = await doctor(here);
  setVersion(SCHEMA_VERSION);
  const older = new Database(file);
  older.exec("DELETE FROM migrations WHERE version > 1; PRAGMA user_version = 1");
  older.close();
  const outdated = await doctor(here);
  const after = new Database(file, { readonly: true });

  expect(current.check("store").message).toContain(`schema version ${SCHEMA_VERSION}`);
  expect(current.report.versions["state-schema"]).toBe(String(SCHEMA_VERSION));
  expect(newer.code).toBe(1);
  expect(newer.check("store").message).toContain(`has schema version ${SCHEMA_VERSION + 7}`);
  expect(outdated).toMatchObject({ code: 0 });
  expect(outdated.check("store")).toMatchObject({ status: "warn", message: expect.stringContaining("version 1;") });
  expect(after.prepare("SELECT max(version) FROM migrations").pluck().get()).toBe(1);
  after.close();
});

test("files that others may read are closed by --fix, and only by it", async () => {
  const here = cliProject();
  const home = join(here.folder, ".bridle");
  mkdirSync(home);
  writeFileSync(join(home, "api-token"), "token");
  chmodSync(home, 0o755);
  chmodSync(join(home, "api-token"), 0o644);
  const modes = (): readonly number[] => [home, join(home, "api-token")].map((path) => statSync(path).mode & 0o777);

  const told = await doctor(here);
  const untouched = modes();
  const fixed = await doctor(here, "--fix");

  expect(told.check("data folder")).toMatchObject({ status: "warn", fix: expect.stringContaining("--fix") });
  expect(untouched).toEqual([0o755, 0o644]);
  expect(fixed.check("data folder").status).toBe("ok");
  expect(modes()).toEqual([0o700, 0o600]);
});

interface Examined extends CliResult {
  readonly report: z.infer<typeof Report>;
  check(name: string): z.infer<typeof Report>["checks"][number];
}

async function doctor(here: CliProject, ...args: readonly string[]): Promise<Examined> {
  const result = await bridle(here, ["doctor", "--json", ...args]);
  const report = Report.parse(parseJson(result.stdout));
  const check: Examined["check"] = (name) => {
    const found = report.checks.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no check ${name} in ${result.stdout}`);
    return found;
  };
  return { ...result, report, check };
}

/** A project whose data environment every command finds. */
function dataProject(target: object, env: Readonly<Record<string, string>> = {}): CliProject {
  const here = cliProject({ BRIDLE_DATA_ENVIRONMENT: "data.json", ...env });
  const stores = {
    catalog: { kind: "sqlite", url: "sqlite:catalog.db", ensure_schema: true },
    kv: { kind: "sqlite", url: "sqlite:kv.db", ensure_schema: true },
    catalog_search: { index_path: "index.db" },
  };
  writeFileSync(join(here.folder, "data.json"), JSON.stringify({ target_database: target, ...stores }));
  return here;
}

function postgresProject(shop: ShopDatabase, url: string): CliProject {
  return dataProject({ kind: "postgres", url_env: "SHOP_URL" }, { SHOP_URL: url, SHOP: shop.folder });
}
