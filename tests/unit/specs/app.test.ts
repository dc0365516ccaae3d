import { expect, test } from "vitest";
import { defineSpecialist } from "../../../src/specs/agents/specialist.ts";
import { defineApp } from "../../../src/specs/app.ts";
import { defineRuntime } from "../../../src/specs/runtime-spec.ts";
import { isSpec } from "../../../src/specs/spec-kind.ts";
import { defineTenant } from "../../../src/specs/tenant.ts";

const runtimeSpec = defineRuntime({
  tenant: defineTenant("acme", "1"),
  agents: [defineSpecialist({ name: "a", model: "m", prompt: "p" })],
});

test("an app has one workspace called default when it says nothing", () => {
  const app = defineApp({ name: "shop", runtimeSpec });

  expect(app).toEqual({
    kind: "app",
    name: "shop",
    runtimeSpec,
    defaultWorkspace: "default",
    workspaces: [{ id: "default" }],
  });
  expect(app.runtimeSpec).toBe(runtimeSpec);
});

test.each([
  { workspaces: ["acme", { id: "globex", description: "Second." }], expected: "acme" },
  { workspaces: ["acme", "default"], expected: "default" },
  { workspaces: ["acme", "globex"], defaultWorkspace: "globex", expected: "globex" },
  { defaultWorkspace: "acme", expected: "acme" },
])("the default workspace of $workspaces is $expected", ({ expected, ...rest }) => {
  expect(defineApp({ name: "shop", runtimeSpec, ...rest }).defaultWorkspace).toBe(expected);
});

test("a factory is kept and gets the binding", async () => {
  const app = defineApp({
    name: "shop",
    runtimeFactory: async ({ workspace, interpreter }) => ({ workspace, interpreter }),
  });

  expect(await app.runtimeFactory?.({ workspace: "acme", interpreter: "scripted" })).toEqual({
    workspace: "acme",
    interpreter: "scripted",
  });
});

test("declared values can be told apart, and lookalikes are none", () => {
  const app = defineApp({ name: "shop", runtimeSpec, dataEnvironment: { tenant_id: "acme" } });

  expect(isSpec(app, "app")).toBe(true);
  expect(isSpec(runtimeSpec, "runtime-spec")).toBe(true);
  expect(isSpec(runtimeSpec, "app")).toBe(false);
  expect(isSpec({ kind: "app" }, "app")).toBe(false);
  expect(Object.isFrozen(app.dataEnvironment)).toBe(true);
});
