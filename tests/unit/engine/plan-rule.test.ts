import { expect, test } from "vitest";
import { planRule } from "../../../src/engine/plan-rule.ts";
import { planSpec } from "../../helpers/plan-app.ts";

test("a plan has its agent's rule, else the runtime's, and taking back is a person's to decide", () => {
  const { manifest } = planSpec({ plans: "never" });
  const own = { kind: "always", min: 2 } as const;
  const planner = manifest.agents.planner;
  if (planner === undefined) throw new Error("the app has no planner");
  const strict = { ...manifest, agents: { planner: { ...planner, approval: own } } };

  expect(planRule(manifest, { planId: "p1", agent: "planner" })).toEqual({ kind: "never" });
  expect(planRule(strict, { planId: "p1", agent: "planner" })).toEqual(own);
  expect(planRule(strict, { planId: "p1", agent: null })).toEqual({ kind: "never" });
  expect(planRule(manifest, { planId: "p1.undo", agent: "planner" })).toEqual({ kind: "always" });
});
