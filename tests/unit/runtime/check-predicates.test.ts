import { expect, test } from "vitest";
import * as z from "zod";
import { createRuntime, defineRuntime, defineSpecialist, defineTenant, defineTool } from "../../../src/index.ts";
import type { RuntimeSpec } from "../../../src/specs/runtime-spec.ts";
import type { ApprovalPredicate } from "../../../src/specs/tools/tool.ts";

function specWith(approval: { kind: "dynamic"; value: string } | ApprovalPredicate<object>): RuntimeSpec {
  const tool = defineTool({ name: "pay", description: "d", input: z.strictObject({}), handler: () => 1, approval });
  const agents = [defineSpecialist({ name: "a", model: "m", prompt: "p", tools: [tool] })];
  return defineRuntime({ tenant: defineTenant("acme", "1"), agents });
}

test("a rule whose predicate nobody brought is told when the runtime is made", () => {
  const spec = specWith({ kind: "dynamic", value: "big" });

  expect(() => createRuntime(spec)).toThrow(/predicate "big".*received none/);
  expect(() => createRuntime(spec, { approvalPredicates: { small: () => true } })).toThrow(/received "small"/);
  expect(createRuntime(spec, { approvalPredicates: { big: () => true } }).app.app).toBe("acme");
});

test("a client needs no predicates, and a tool's own needs no name", () => {
  expect(createRuntime(specWith({ kind: "dynamic", value: "big" }), { worker: false }).app.app).toBe("acme");
  expect(createRuntime(specWith(() => true)).app.app).toBe("acme");
});
