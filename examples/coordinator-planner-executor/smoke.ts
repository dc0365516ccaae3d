import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "bridle";
import { catalogRuntime } from "./app.ts";
import { PriceDesk } from "./price-desk.ts";
import { seed } from "./seed.ts";
import { storyScript } from "./story.ts";
import { workspaceFolder } from "./workspace-folder.ts";

const PLAN_ID = "plan-eval-price-change";

/** Plays the story without a model, approves, and checks what came of it. Fails when anything is not as it should be. */
export async function smoke(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "catalog-smoke-"));
  seed(root);
  const desk = new PriceDesk(workspaceFolder("acme", root).prices);
  const runtime = catalogRuntime({ workspace: "acme", interpreter: "scripted" }, root);
  try {
    const events: RunEvent[] = [];
    for await (const event of runtime.query(storyScript(PLAN_ID))) {
      events.push(event);
      if (event.type === "approval-required")
        await runtime.respondToApproval(PLAN_ID, { decision: "approve", by: "smoke" });
    }
    const agents = events.flatMap((event) => (event.type === "step-start" ? [event.agent] : []));
    const order = agents.filter((agent, index) => agent !== agents[index - 1]).join(" → ");
    check(
      "agents come in order",
      order,
      "coordinator → data_analyst → coordinator → planner → coordinator → executor → coordinator",
    );
    check("the plan is stored under its id", (await runtime.plans.get(PLAN_ID)).planId, PLAN_ID);
    const actions = await runtime.plans.actions(PLAN_ID);
    check("one entity was affected", actions.map(({ entitiesAffected }) => entitiesAffected).join(), "1");
    check("the price is set", desk.get("p-001"), 6.49);
    check("the run finished", events.at(-1)?.type, "finish");
    console.log("smoke: everything as it should be.");
  } finally {
    await runtime.close();
    desk.close();
    rmSync(root, { recursive: true, force: true });
  }
}

function check<Value>(what: string, came: Value, expected: Value): void {
  console.log(`  ${came === expected ? "ok  " : "FAIL"} ${what}`);
  if (came !== expected) throw new Error(`${what}: expected ${String(expected)}, but it is ${String(came)}`);
}
