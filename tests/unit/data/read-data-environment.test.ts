import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DataEnvironment } from "../../../src/data/data-environment.ts";
import { readDataEnvironment } from "../../../src/data/read-data-environment.ts";
import { InputError } from "../../../src/protocol/errors.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const folder = "/data/acme";

test("an object in camelCase and a TOML file in snake_case say the same", () => {
  const home = temporaryFolder();
  writeFileSync(
    join(home, "env.toml"),
    [
      'tenant_id = "acme"',
      'workspace_id = "analytics"',
      "[kv]",
      'kind = "sqlite"',
      'url = "sqlite:kv.db"',
      "[target_database]",
      'kind = "postgres"',
      'url_env = "SHOP_URL"',
      'schema = "shop"',
      "[catalog]",
      'kind = "sqlite"',
      'url = "sqlite:./catalog.db"',
      "ensure_schema = false",
      "[catalog_search]",
      'index_path = "index.db"',
      "write_through = true",
    ].join("\n"),
  );
  const env = { SHOP_URL: "postgres://reader:hunter2@db.example/shop" };

  const fromFile = readDataEnvironment("env.toml", { env, folder: home });
  const fromObject = readDataEnvironment(
    {
      tenantId: "acme",
      workspaceId: "analytics",
      kv: { kind: "sqlite", url: "sqlite:kv.db" },
      targetDatabase: { kind: "postgres", urlEnv: "SHOP_URL", schema: "shop" },
      catalog: { kind: "sqlite", url: "sqlite:./catalog.db", ensureSchema: false },
      catalogSearch: { indexPath: "index.db", writeThrough: true },
    },
    { env, folder: home },
  );

  expect({ ...fromFile, source: "" }).toEqual({ ...fromObject, source: "" });
  expect(fromFile).toEqual({
    source: "env.toml",
    tenantId: "acme",
    workspaceId: "analytics",
    kv: { kind: "sqlite", path: join(home, "kv.db"), ensureSchema: true, label: "sqlite:kv.db" },
    targetDatabase: {
      kind: "postgres",
      url: "postgres://reader:hunter2@db.example/shop",
      schema: "shop",
      label: "postgres://db.example/shop",
    },
    catalog: { kind: "sqlite", path: join(home, "catalog.db"), ensureSchema: false, label: "sqlite:./catalog.db" },
    catalogSearch: { indexPath: join(home, "index.db"), rebuildOnStart: false, writeThrough: true },
  } satisfies DataEnvironment);
});

test("an empty descriptor has the default workspace and nothing else", () => {
  const environment = read({});

  expect(environment).toEqual({
    source: "dataEnvironment",
    tenantId: null,
    workspaceId: "default",
    kv: null,
    targetDatabase: null,
    catalog: null,
    catalogSearch: null,
  } satisfies DataEnvironment);
});

test("the shorthand has the schema public, and agrees with the long form", () => {
  const url = "postgres://db/shop";

  const short = read({ target_database_url: url });
  const both = read({ target_database_url: url, target_database: { kind: "postgres", url, schema: "shop" } });
  const sqlite = read({ target_database_url: "sqlite:shop.db", target_database_schema: "public" });

  expect(short.targetDatabase).toEqual({ kind: "postgres", url, schema: "public", label: url });
  expect(both.targetDatabase?.kind === "postgres" && both.targetDatabase.schema).toBe("shop");
  expect(sqlite.targetDatabase).toEqual({
    kind: "sqlite",
    path: "/data/acme/shop.db",
    schema: "main",
    label: "sqlite:shop.db",
  });
});

test("inline entries keep what is inside their metadata", () => {
  const entry = { id: "table:a", itemType: "table", name: "a", qualifiedName: "main.a", metadata: { rowCount: 3 } };

  const environment = read({ catalog: { kind: "inline", entries: [entry] } });

  expect(environment.catalog).toEqual({
    kind: "inline",
    entries: [
      {
        id: "table:a",
        itemType: "table",
        name: "a",
        qualified_name: "main.a",
        content: "",
        tags: [],
        related: [],
        metadata: { rowCount: 3 },
      },
    ],
  });
});

test("a descriptor of another tenant is refused", () => {
  expect(() => readDataEnvironment({ tenant_id: "acme" }, { env: {}, folder, tenantId: "zeta" })).toThrow(
    expect.objectContaining({
      code: "TENANT_MISMATCH",
      message: 'dataEnvironment: tenant_id must be the runtime\'s tenant "zeta", received "acme"',
    }),
  );
});

test.each<[string, string, string]>([
  [
    "unknown key",
    '{\n  "tenant_ids": "acme"\n}',
    'env.json:2: tenant_ids is an unknown key: expected one of catalog, catalog_search, kv, target_database, target_database_schema, target_database_url, tenant_id, workspace_id, received "tenant_ids"; did you mean "tenant_id"?',
  ],
  [
    "unknown inner key",
    '{ "kv": {\n"kind": "sqlite",\n"uri": "sqlite:a" } }',
    'env.json:3: kv.uri is an unknown key: expected one of ensure_schema, kind, url, url_env, received "uri"; did you mean "url"?',
  ],
  [
    "both spellings",
    '{ "tenant_id": "a",\n"tenantId": "b" }',
    'env.json:2: tenantId must be left out, because tenant_id is there too, received "b"',
  ],
  [
    "wrong kind",
    '{\n"kv": {\n"kind": "mysql", "url": "mysql://a" } }',
    'env.json:3: kv.kind must be one of "sqlite", "postgres", received "mysql"',
  ],
  [
    "missing kind",
    '{\n"target_database": { "url": "sqlite:a" } }',
    'env.json:2: target_database.kind must be one of "sqlite", "postgres", received nothing',
  ],
  [
    "no URL",
    '{\n"kv": { "kind": "sqlite" } }',
    "env.json:2: kv must be an object with either url or url_env, received neither",
  ],
  [
    "two URLs",
    '{ "kv": { "kind": "sqlite", "url": "sqlite:a", "url_env": "A" } }',
    "env.json:1: kv must be an object with either url or url_env, received both",
  ],
  [
    "variable not set",
    '{ "kv": { "kind": "sqlite", "url_env": "NOWHERE" } }',
    'env.json:1: kv.url_env must be the name of an environment variable that holds a URL, received "NOWHERE", which is not set',
  ],
  [
    "kind against URL",
    '{ "kv": { "kind": "sqlite", "url": "postgres://u:hunter2@h/d" } }',
    'env.json:1: kv.url must be a URL of kind "sqlite", received a URL that begins with postgres:',
  ],
  [
    "another scheme",
    '{ "target_database_url": "mysql://u:hunter2@h/d" }',
    "env.json:1: target_database_url must be a URL that begins with sqlite: and a path, or with postgres:// and a host, received a URL that begins with mysql:",
  ],
  [
    "shorthand against long form",
    '{ "target_database": { "kind": "sqlite", "url": "sqlite:a" },\n"target_database_url": "sqlite:b" }',
    "env.json:2: target_database_url must be the same database as target_database, received another one",
  ],
  [
    "schema against schema",
    '{ "target_database": { "kind": "postgres", "url": "postgres://h/d", "schema": "a" },\n"target_database_schema": "b" }',
    'env.json:2: target_database_schema must be the schema of target_database ("a"), received "b"',
  ],
  [
    "schema without URL",
    '{ "target_database_schema": "b" }',
    'env.json:1: target_database_schema must be left out, or accompanied by target_database_url, received "b"',
  ],
  [
    "schema of SQLite",
    '{ "target_database": { "kind": "sqlite", "url": "sqlite:a",\n"schema": "shop" } }',
    'env.json:2: target_database.schema must be left out, or "main", which is the schema of every SQLite file, received "shop"',
  ],
  [
    "entries of a database",
    '{ "catalog": { "kind": "sqlite", "url": "sqlite:a",\n"entries": [] } }',
    'env.json:2: catalog.entries must be left out with kind "sqlite", received an empty array',
  ],
  [
    "unknown catalog",
    '{ "catalog": { "kind": "yaml" } }',
    'env.json:1: catalog.kind must be one of "inline", "empty", "sqlite", "postgres", received "yaml"',
  ],
  [
    "entry without name",
    '{ "catalog": { "kind": "inline", "entries": [\n{ "id": "table:a", "itemType": "table",\n"qualified_name": "a" } ] } }',
    "env.json:2: catalog.entries[0].name must be a text, received nothing",
  ],
  [
    "entry twice",
    '{ "catalog": { "kind": "inline", "entries": [\n{ "id": "t:a", "itemType": "table", "name": "a", "qualified_name": "a" },\n{ "id": "t:a", "itemType": "table", "name": "a", "qualified_name": "a" } ] } }',
    'env.json:3: catalog.entries[1].id must be another id than catalog.entries[0] has, received "t:a"',
  ],
  [
    "search without path",
    '{ "catalog_search": {\n"rebuild_on_start": "yes", "index_path": "i" } }',
    'env.json:2: catalog_search.rebuild_on_start must be true or false, received "yes"',
  ],
  [
    "workspace with a slash",
    '{ "workspace_id": "a/b" }',
    'env.json:1: workspace_id must be letters, digits, dot, colon, dash and underscore, starting with a letter or digit, received "a/b"',
  ],
  ["a list", "[]", "env.json: the descriptor must be an object, received an empty array"],
  ["a comma too many", '{\n"tenant_id": "acme",\n}', 'env.json:3: expected a key in double quotes, received "}"'],
  [
    "broken near a password",
    '{\n"url": "hunter2\n}',
    "env.json:2: expected a value, received something that is not JSON",
  ],
  [
    "a key twice",
    '{ "kv": { "kind": "sqlite",\n"kind": "postgres" } }',
    'env.json:2: the key "kind" is on line 1 already',
  ],
  [
    "an index in the customer's file",
    '{ "target_database_url": "sqlite:shop.db",\n"catalog_search": {\n"index_path": "./shop.db" } }',
    "env.json:3: catalog_search.index_path must be another file than that of the target database",
  ],
  [
    "a catalog in the customer's file",
    '{ "target_database_url": "sqlite:shop.db",\n"catalog": { "kind": "sqlite", "url": "sqlite:./data/../shop.db" } }',
    "env.json:2: catalog.url must be another file than that of the target database",
  ],
  [
    "a key-value store in the customer's file",
    '{ "target_database": { "kind": "sqlite", "url": "sqlite:shop.db" },\n"kv": { "kind": "sqlite", "url": "sqlite:shop.db" } }',
    "env.json:2: kv.url must be another file than that of the target database",
  ],
  ["an empty file", "", "env.json:1: expected a value, received the end of the file"],
  ["a prototype", '{ "__proto__": { "tenant_id": "a" } }', "env.json:1: __proto__ is an unknown key"],
])("%s is refused by line, key, what was expected and what came", (_name, text, message) => {
  const home = temporaryFolder();
  writeFileSync(join(home, "env.json"), text);

  const error = refusal(() => readDataEnvironment("env.json", { env: {}, folder: home }));

  expect(error.code).toBe("DATA_ENVIRONMENT_INVALID");
  expect(error.message).toContain(message);
  expect(error.hint).toBeTruthy();
  expect(`${error.message} ${error.hint}`).not.toContain("hunter2");
});

test("lines of a TOML file are found in tables and inline tables, and a syntax error is told without the text", () => {
  const home = temporaryFolder();
  writeFileSync(join(home, "a.toml"), '# one\n[catalog]\nkind = "inline"\n\n[[catalog.entries]]\nid = ""\n');
  writeFileSync(join(home, "b.toml"), '\ntarget_database = { kind = "sqlite", urll = "hunter2" }\n');
  writeFileSync(join(home, "c.toml"), '\nurl = "hunter2\n');

  const messages = ["a.toml", "b.toml", "c.toml"].map(
    (file) => refusal(() => readDataEnvironment(file, { env: {}, folder: home })).message,
  );

  expect(messages[0]).toContain("a.toml:6: catalog.entries[0].id must be a text that is not empty");
  expect(messages[1]).toContain("b.toml:2: target_database.urll is an unknown key");
  expect(messages[2]).toMatch(/^c\.toml:2: /);
  expect(messages.join()).not.toContain("hunter2");
});

test("a missing file and another ending are told", () => {
  const missing = refusal(() => readDataEnvironment("nowhere.toml", { env: {}, folder }));
  const other = refusal(() => readDataEnvironment("env.yaml", { env: {}, folder }));

  expect(missing.message).toBe("nowhere.toml cannot be read (ENOENT)");
  expect(other.message).toBe("env.yaml must be a .json or .toml file");
});

function read(descriptor: object): DataEnvironment {
  return readDataEnvironment(descriptor, { env: {}, folder });
}

function refusal(call: () => unknown): InputError {
  try {
    call();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
