import { expect, onTestFinished, test, vi } from "vitest";
import { createRuntime } from "../../../src/runtime/create-runtime.ts";
import { defineDispatcher } from "../../../src/specs/dispatchers/dispatcher.ts";
import { definePlan } from "../../../src/specs/plans/plan.ts";
import { defineSpecialist } from "../../../src/specs/agents/specialist.ts";
import { defineRuntime } from "../../../src/specs/runtime-spec.ts";
import { defineTenant } from "../../../src/specs/tenant.ts";
import { planSpec, recordingDispatcher } from "../../helpers/plan-app.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const spec = planSpec();

test("a runtime takes a declared dispatcher or a plain function, and nothing else", () => {
  const { dispatcher } = recordingDispatcher();

  expect(createRuntime(spec, { actionDispatcher: dispatcher }).app.actionDispatcher).toBe(dispatcher);
  expect(createRuntime(spec, { actionDispatcher: () => null }).app.actionDispatcher).toMatchObject({
    kind: "dispatcher",
    plan: null,
  });
  expect(createRuntime(spec).app).not.toHaveProperty("actionDispatcher");
  // @ts-expect-error what a caller without types may pass
  expect(() => createRuntime(spec, { actionDispatcher: "none" })).toThrow(
    "actionDispatcher must be a defineDispatcher",
  );
});

test("a dispatcher of another plan is refused before anybody approves anything", () => {
  const otherPlan = definePlan({ name: "OtherPlan", schema: { actions: [{ kind: "string" }] } });
  const actionDispatcher = defineDispatcher(otherPlan, () => null);

  expect(() => createRuntime(spec, { actionDispatcher })).toThrow(
    'The actionDispatcher of app "acme" must be made for a plan of its spec ("PricePlan"), received one for "OtherPlan"',
  );
  const agent = defineSpecialist({ name: "helper", model: "m", prompt: "p" });
  const planless = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [agent] });
  expect(() => createRuntime(planless, { actionDispatcher })).toThrow('(it has none), received one for "OtherPlan"');
});

test("an option that nobody reads is refused, with the one that was meant", () => {
  // @ts-expect-error what a caller without types may pass
  expect(() => createRuntime(spec, { dataEnviroment: "data.toml" })).toThrow(
    /^createRuntime\(\): dataEnviroment is an unknown field: .*did you mean "dataEnvironment"\?$/u,
  );
});

test("a program whose model has no key is warned once, when its first run opens the runtime", async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error): void => void warnings.push(warning);
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  const agent = defineSpecialist({ name: "helper", model: "m", prompt: "p" });
  const providers = { anthropic: { apiKeyEnv: "BRIDLE_KEY_THAT_NOBODY_SETS" } };
  const spec = defineRuntime({ tenant: defineTenant("acme", "1"), agents: [agent], providers });
  const nowhere = { store: "nowhere:", home: temporaryFolder() };

  await expect(createRuntime(spec, nowhere).ready()).rejects.toMatchObject({ code: "INPUT_INVALID" });
  await expect(createRuntime(spec, { ...nowhere, interpreter: "scripted" }).ready()).rejects.toMatchObject({
    code: "INPUT_INVALID",
  });
  await expect(createRuntime(spec, { ...nowhere, worker: false }).ready()).rejects.toMatchObject({
    code: "INPUT_INVALID",
  });

  await vi.waitFor(() => expect(warnings).toHaveLength(1));
  expect(warnings[0]).toMatchObject({
    code: "MODEL_KEY_MISSING",
    message: expect.stringMatching(/^BRIDLE_KEY_THAT_NOBODY_SETS is not set.*interpreter: "scripted"/),
  });
});
