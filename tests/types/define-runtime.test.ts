import { expect, expectTypeOf, test } from "vitest";
import {
  type AgentSpec,
  type CheckedAgents,
  type CoordinatorSpec,
  defineApp,
  defineCoordinator,
  definePlanner,
  defineRuntime,
  defineSpecialist,
  defineTenant,
  type PlannerSpec,
  type RuntimeSpec,
  type SpecTypeError,
} from "../../src/index.ts";

const tenant = defineTenant("acme", "1");
const agent = { model: "m", prompt: "p" };
const analyst = defineSpecialist({ ...agent, name: "analyst" });
const boss = defineCoordinator({ ...agent, name: "boss", routes: ["analyst"] });

test("names and routes keep their literal types", () => {
  expectTypeOf(boss).toEqualTypeOf<CoordinatorSpec<"boss", "analyst">>();
  expectTypeOf(definePlanner({ ...agent, name: "planner", plan: "Restock" })).toEqualTypeOf<PlannerSpec<"planner">>();
});

test("a well-wired runtime compiles", () => {
  expectTypeOf(defineRuntime({ tenant, agents: [boss, analyst] })).toEqualTypeOf<RuntimeSpec>();
});

test("a route to an agent that is not there does not compile, and says which", () => {
  const lost = defineCoordinator({ ...agent, name: "boss", routes: ["analyst", "ghost"] });

  // @ts-expect-error route 'ghost' names no agent
  expect(() => defineRuntime({ tenant, agents: [lost, analyst] })).toThrow('received "ghost"');
  expectTypeOf<CheckedAgents<readonly [typeof lost, typeof analyst]>[0]>().toEqualTypeOf<
    SpecTypeError<"route 'ghost' names no agent">
  >();
});

test("a coordinator that routes to itself does not compile", () => {
  const circular = defineCoordinator({ ...agent, name: "boss", routes: ["boss"] });

  // @ts-expect-error route 'boss' is the coordinator itself
  expect(() => defineRuntime({ tenant, agents: [circular, analyst] })).toThrow('received "boss"');
});

test("names that are only known at run time are left to run time", () => {
  const route: string = "ghost";
  const loose = defineCoordinator({ ...agent, name: "boss", routes: [route] });
  const list: readonly AgentSpec[] = [defineCoordinator({ ...agent, name: "boss", routes: ["ghost"] }), analyst];

  expect(() => defineRuntime({ tenant, agents: [loose, analyst] })).toThrow('received "ghost"');
  expect(() => defineRuntime({ tenant, agents: list })).toThrow('received "ghost"');
});

test("a mistyped field does not compile", () => {
  // @ts-expect-error promt is no field
  expect(() => defineSpecialist({ name: "a", model: "m", promt: "p" })).toThrow("did you mean");
  // @ts-expect-error only the coordinator routes
  expect(() => defineSpecialist({ ...agent, name: "a", routes: ["b"] })).toThrow("routes is an unknown field");
  // @ts-expect-error transport belongs to the runtime
  expect(() => defineSpecialist({ ...agent, name: "a", model: { id: "m", apiKey: "k" } })).toThrow("apiKey");
});

test("a factory decides what an app's runtime is", () => {
  const app = defineApp({ name: "shop", runtimeFactory: async ({ workspace }) => ({ id: workspace }) });

  expectTypeOf<ReturnType<NonNullable<typeof app.runtimeFactory>>>().toEqualTypeOf<
    { id: string } | Promise<{ id: string }>
  >();
});
