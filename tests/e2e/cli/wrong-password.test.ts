import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import Database from "better-sqlite3";
import { expect, inject, onTestFinished, test } from "vitest";
import { openCatalog, openTargetDatabase } from "../../../src/data-access.ts";
import { bridle, cliProject, type CliProject, type CliResult, parseJson } from "../../helpers/cli.ts";
import { PASSWORD_ROLE } from "../../helpers/postgres.ts";
import { execute } from "../../helpers/shop-database.ts";

const RIGHT = "right horse";
/** Another text in a URL than by itself, so that hiding one form would show the other. */
const WRONG = "Tr0ub4dor&3/ü";

interface Login {
  readonly name: string;
  urlWith(password: string): string;
}

/** A login of the server that must give its password. */
async function passwordLogin(): Promise<Login> {
  const server = inject("postgresUrl");
  const name = `${PASSWORD_ROLE}${randomBytes(5).toString("hex")}`;
  await execute(server, `CREATE ROLE ${name} LOGIN PASSWORD '${RIGHT}'`);
  onTestFinished(() => execute(server, `DROP ROLE ${name}`));
  return {
    name,
    urlWith: (password) => server.replace("//postgres@", `//${name}:${encodeURIComponent(password)}@`),
  };
}

/** A project with a shop in SQLite, whose data environment has these keys. */
function projectWith(environment: object, env: Readonly<Record<string, string>> = {}): CliProject {
  const project = cliProject({ TEMPORAL_ADDRESS: "127.0.0.1:9", ...env });
  new Database(join(project.folder, "shop.db")).exec("CREATE TABLE products (id INTEGER PRIMARY KEY)").close();
  const target = { target_database_url: "sqlite:shop.db" };
  writeFileSync(join(project.folder, "data.json"), JSON.stringify({ tenant_id: "acme", ...target, ...environment }));
  return project;
}

function expectNoSecret({ stdout, stderr }: Pick<CliResult, "stdout" | "stderr">, { urlWith }: Login): void {
  const said = stdout + stderr;
  for (const secret of [WRONG, encodeURIComponent(WRONG), urlWith(WRONG), "Tr0ub4dor"]) {
    expect(said).not.toContain(secret);
  }
}

const FILE = ["--data-environment", "data.json"];
const DURABLE = { kind: "sqlite", url: "sqlite:catalog.db" };

test.each([
  { of: "target_database", key: "target_database_url", command: ["profile", "estimate"], code: "DATABASE_UNAVAILABLE" },
  { of: "target_database", key: "target_database_url", command: ["profile", "database"], code: "DATABASE_UNAVAILABLE" },
  { of: "catalog", key: "catalog", command: ["profile", "database"], code: "STORE_UNAVAILABLE" },
  { of: "catalog", key: "catalog", command: ["catalog", "export"], code: "STORE_UNAVAILABLE" },
  { of: "kv", key: "kv", command: ["knowledge", "ingest", "--local-dir", "."], code: "STORE_UNAVAILABLE" },
])("a wrong password of $of ends data $command in words that do not show it", async ({ key, command, code }) => {
  const login = await passwordLogin();
  const url = login.urlWith(WRONG);
  const place = key === "target_database_url" ? url : { kind: "postgres", url };
  const project = projectWith({ catalog: DURABLE, [key]: place });

  const refused = await bridle(project, [...FILE, "--json", "data", ...command]);
  const loud = await bridle(project, [...FILE, "--verbose", "data", ...command]);

  expect(refused.code).toBe(3);
  expect(parseJson(refused.stderr)).toMatchObject({
    error: {
      code,
      message: expect.stringContaining(`password authentication failed for user "${login.name}"`),
      hint: expect.stringMatching(/user.*password/),
    },
  });
  expectNoSecret(refused, login);
  expectNoSecret(loud, login);
});

test("the same login with its password is let in", async () => {
  const login = await passwordLogin();
  const project = projectWith({ catalog: DURABLE, target_database_url: login.urlWith(RIGHT) });

  expect(await bridle(project, [...FILE, "data", "profile", "estimate"])).toMatchObject({ code: 0 });
});

test("a wrong password of the state store is told by every command that opens it, and not shown", async () => {
  const login = await passwordLogin();
  const project = projectWith({}, { BRIDLE_STORE: login.urlWith(WRONG) });

  const refused = await bridle(project, ["runs", "list", "--json"]);
  const loud = await bridle(project, ["runs", "list", "--verbose"]);

  expect(refused.code).toBe(3);
  expect(parseJson(refused.stderr)).toMatchObject({
    error: {
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("password authentication failed"),
      hint: expect.stringContaining("password"),
    },
  });
  expectNoSecret(refused, login);
  expectNoSecret(loud, login);
});

test("bridle doctor says of each database whose password is wrong, and shows none", { timeout: 60_000 }, async () => {
  const login = await passwordLogin();
  const url = login.urlWith(WRONG);
  const durable = { kind: "postgres", url };
  const environment = { target_database_url: url, catalog: durable, kv: durable };
  const project = projectWith(environment, { BRIDLE_STORE: url });

  const told = await bridle(project, [...FILE, "doctor", "--json"]);
  const shown = await bridle(project, [...FILE, "doctor"]);

  expect(told.code).toBe(1);
  const { checks } = parseJson(told.stdout);
  for (const name of ["target database", "catalog", "kv", "store"]) {
    const [message, fix] = ["password authentication failed", "password"].map((text) => expect.stringContaining(text));
    expect(checks).toContainEqual({ name, status: "fail", message, fix });
  }
  expectNoSecret(told, login);
  expectNoSecret(shown, login);
});

test("a wrong password is told to programs by a value or an error that does not hold it, with its cause", async () => {
  const login = await passwordLogin();
  const url = login.urlWith(WRONG);
  const target = openTargetDatabase(url);
  onTestFinished(() => target.close());
  const failed = openCatalog({ catalog: { kind: "postgres", url } }, { tenantId: "acme" });
  const [opened] = await Promise.allSettled([failed]);

  const outcome = await target.query("SELECT 1");

  expect(outcome).toMatchObject({ code: "unavailable", hint: expect.stringContaining("password") });
  expect(opened).toMatchObject({ status: "rejected", reason: { code: "STORE_UNAVAILABLE" } });
  expectNoSecret({ stdout: inspect(outcome, { depth: 9 }), stderr: inspect(opened, { depth: 9 }) }, login);
});
