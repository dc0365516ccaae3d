import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppRequest, type LoadedApp, loadApp } from "../../../../src/cli/open/load-app.ts";

const SOURCE = pathToFileURL(join(import.meta.dirname, "..", "..", "..", "..", "src"));
const APPS = `
import { defineCoordinator } from "${SOURCE.href}/specs/agents/coordinator.ts";
import { defineSpecialist } from "${SOURCE.href}/specs/agents/specialist.ts";
import { defineRuntime } from "${SOURCE.href}/specs/runtime-spec.ts";
import { defineTenant } from "${SOURCE.href}/specs/tenant.ts";
import { defineApp } from "${SOURCE.href}/specs/app.ts";
import { createRuntime } from "${SOURCE.href}/runtime/create-runtime.ts";

const agent = { model: "m", prompt: "p" };
export const spec = defineRuntime({
  tenant: defineTenant("acme", "1"),
  agents: [defineCoordinator({ ...agent, name: "boss", routes: ["helper"] }), defineSpecialist({ ...agent, name: "helper" })],
  providers: { anthropic: { apiKeyEnv: "ACME_KEY" } },
});
export const app = defineApp({ name: "plain", workspaces: ["east", "west"], defaultWorkspace: "west", runtimeSpec: spec });
export const byFile = defineApp({ name: "by-file", runtimeSpec: spec, dataEnvironment: "data/data.json" });
export const byObject = defineApp({ name: "by-object", runtimeSpec: spec, dataEnvironment: { target_database_url: "sqlite:data/shop.db" } });
export const runtime = createRuntime(spec, { app: "own", workspace: "north", interpreter: "scripted" });
export const made = async () => app;
export const factory = defineApp({
  name: "factory",
  workspaces: ["east", "west"],
  runtimeFactory: ({ workspace, interpreter }) =>
    createRuntime(spec, { app: "inner", workspace: "other", services: { workspace, interpreter } }),
});
export const wrongFactory = defineApp({ name: "wrong", runtimeFactory: () => ({ nothing: 1 }) });
export const throwing = () => { throw new Error("no database"); };
export const number = 7;
export const returnsText = () => "app";
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bridle-app-"));
  writeFileSync(join(folder, "apps.ts"), APPS);
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data", "data.json"), '{"target_database_url": "sqlite:shop.db"}');
  writeFileSync(join(folder, "broken.mjs"), "export const app = missing.value;\n");
  writeFileSync(join(folder, "empty.mjs"), "export const other = 1;\n");
  writeFileSync(
    join(folder, "invalid.ts"),
    `import { defineTenant } from "${SOURCE.href}/specs/tenant.ts";\nexport const app = defineTenant("", "1");\n`,
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function load(app: string, request: Partial<AppRequest> = {}): Promise<LoadedApp> {
  return loadApp({ app, folder, env: {}, interpreter: undefined, scriptedWithoutKey: false, ...request });
}

test.each(["byFile", "byObject"])("the data environment of an app starts from the app's own file: %s", async (name) => {
  const { hosted } = await loadApp({
    app: join(folder, `apps.ts#${name}`),
    folder: tmpdir(),
    env: {},
    interpreter: undefined,
    scriptedWithoutKey: false,
  });

  expect(hosted[0]?.dataEnvironment?.targetDatabase).toMatchObject({ path: join(folder, "data", "shop.db") });
});

test("an app is bound once per workspace under its own name", async () => {
  const loaded = await load("apps.ts");

  expect(loaded).toMatchObject({ name: "plain", defaultWorkspace: "west", notice: undefined });
  expect(loaded.hosted).toMatchObject([
    { app: "plain", tenant: "acme", workspace: "east", interpreter: "anthropic" },
    { app: "plain", tenant: "acme", workspace: "west", interpreter: "anthropic" },
  ]);
});

test("a factory is called per workspace, and the app's name and workspace replace the runtime's", async () => {
  const { hosted } = await load("apps.ts#factory", { interpreter: "scripted" });

  expect(hosted).toMatchObject([
    {
      app: "factory",
      workspace: "east",
      interpreter: "scripted",
      services: { workspace: "east", interpreter: "scripted" },
    },
    {
      app: "factory",
      workspace: "west",
      interpreter: "scripted",
      services: { workspace: "west", interpreter: "scripted" },
    },
  ]);
});

test("a spec, a runtime and a function are apps too", async () => {
  expect(await load("apps.ts#spec")).toMatchObject({ name: "acme", defaultWorkspace: "default" });
  expect(await load("apps.ts#runtime")).toMatchObject({ name: "own", defaultWorkspace: "north" });
  expect(await load("apps.ts#made")).toMatchObject({ name: "plain" });
});

test("without the key that the app names the script answers, and it is said", async () => {
  const without = await load("apps.ts", { scriptedWithoutKey: true });
  const withKey = await load("apps.ts", { scriptedWithoutKey: true, env: { ACME_KEY: "k" } });
  const chosen = await load("apps.ts", { scriptedWithoutKey: true, interpreter: "anthropic" });

  expect(without.hosted[0]?.interpreter).toBe("scripted");
  expect(without.notice).toContain("ACME_KEY");
  expect(withKey).toMatchObject({ notice: undefined, hosted: [{ interpreter: "anthropic" }, {}] });
  expect(chosen).toMatchObject({ notice: undefined, hosted: [{ interpreter: "anthropic" }, {}] });
});

test("a key does not turn an app that chose the script into one that costs money", async () => {
  const loaded = await load("apps.ts#runtime", { scriptedWithoutKey: true, env: { ACME_KEY: "k" } });

  expect(loaded.hosted).toMatchObject([{ interpreter: "scripted" }]);
});

test.each([
  ["missing.ts", "INPUT_INVALID", /missing\.ts does not exist/],
  [".", "INPUT_INVALID", /is no file/],
  ["apps.ts#", "INPUT_INVALID", /name of an export is missing/],
  ["apps.ts#nope", "INPUT_INVALID", /apps\.ts has no app: expected an export named `nope`, found .*spec/],
  ["empty.mjs", "INPUT_INVALID", /expected a default export or one named `app`, found other/],
  ["apps.ts#number", "INPUT_INVALID", /apps\.ts#number is no app: .* received number/],
  ["apps.ts#returnsText", "INPUT_INVALID", /received a function that returns a text/],
  [
    "apps.ts#wrongFactory",
    "INPUT_INVALID",
    /runtimeFactory must return a runtime; for workspace "default" it returned an object with nothing/,
  ],
  ["apps.ts#throwing", "SPEC_INVALID", /no database \(.*apps\.ts:\d+:\d+\)/],
  ["broken.mjs", "SPEC_INVALID", /missing is not defined \(.*broken\.mjs:1:\d+\)/],
  ["invalid.ts", "SPEC_INVALID", /defineTenant\(.*\(.*invalid\.ts:\d+:\d+\)/],
])("%s is refused with %s", async (app, code, message) => {
  await expect(load(app)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});
