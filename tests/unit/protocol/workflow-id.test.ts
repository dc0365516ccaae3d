import { expect, test } from "vitest";
import { planWorkflowId, threadWorkflowId, turnWorkflowId } from "../../../src/protocol/workflow-id.ts";

const scope = { tenant: "acme", workspace: "default" };

test("workflow ids are what people type after `temporal workflow signal --workflow-id`, so they never change", () => {
  expect(threadWorkflowId(scope, "t1")).toBe("acme/default/thread/t1");
  expect(planWorkflowId(scope, "restock-42")).toBe("acme/default/plan/restock-42");
  expect(turnWorkflowId(scope, "run_1/planner/1")).toBe("acme/default/run/run_1/planner/1");
});
