import { expect, test } from "vitest";
import { createRuntime } from "../../../src/runtime/create-runtime.ts";
import { planSpec, recordingDispatcher } from "../../helpers/plan-app.ts";

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
