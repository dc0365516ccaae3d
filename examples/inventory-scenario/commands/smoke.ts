import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEvent } from "bridle";
import { inventoryRuntime } from "../app.ts";
import { PlatformDatabase } from "../platform/platform-database.ts";
import { scenarioFolder } from "../scenario-folder.ts";
import { storyScript } from "../story.ts";
import { prepare } from "./prepare.ts";

const PLAN = "plan-smoke";
const ACTIONS = 10;

/** Plays the story in a folder of its own, approves, and checks what came of it. Fails when anything is not as it should be. */
export async function smoke(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "inventory-smoke-"));
  const folder = scenarioFolder(root);
  await prepare(folder);
  const runtime = inventoryRuntime({ workspace: "default", interpreter: "scripted" }, folder, {
    home: join(root, ".bridle"),
  });
  try {
    const events: RunEvent[] = [];
    for await (const event of runtime.query(storyScript(PLAN))) {
      events.push(event);
      if (event.type !== "approval-required") continue;
      const result = await runtime.respondToApproval(PLAN, { decision: "approve", by: "smoke" });
      check("the approval counts", result.kind === "counted" || isDecided(result), JSON.stringify(result));
    }
    const order = events.flatMap((event) =>
      event.type === "tool-agent" && event.state === "call" ? [event.agentName] : [],
    );
    check("the agents come in order", order.join(" → ") === "explorer → planner → executor", order.join(" → "));
    const plan = await runtime.plans.get(PLAN);
    check("the plan is executed", plan.status === "executed", plan.status);
    const platform = new PlatformDatabase(folder.platform);
    const applied = platform.effects({ planId: PLAN }).map(({ actionIndex }) => actionIndex);
    platform.close();
    check(
      "every action took effect once, in order",
      applied.join() === [...Array(ACTIONS).keys()].join(),
      applied.join(),
    );
    check("the run finished", events.at(-1)?.type === "finish", String(events.at(-1)?.type));
    console.log("smoke: everything as it should be.");
  } finally {
    await runtime.close();
    rmSync(root, { recursive: true, force: true });
  }
}

/** The gate is announced to the planner's run and again to the executor's; the first answer is the one that counts. */
function isDecided(result: { readonly kind: string; readonly code?: string }): boolean {
  return result.kind === "refused" && result.code === "already_decided";
}

function check(what: string, isSo: boolean, came: string): void {
  console.log(`  ${isSo ? "ok  " : "FAIL"} ${what}`);
  if (!isSo) throw new Error(`${what}: not so, but ${came}`);
}
