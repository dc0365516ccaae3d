import { createInterface } from "node:readline/promises";
import type { Runtime } from "bridle";
import { catalogRuntime } from "./app.ts";
import { seed } from "./seed.ts";
import { storyScript } from "./story.ts";

/** Plays the story in the workspace acme up to the plan, waits for a person, and shows what came of it. */
export async function playStory(): Promise<void> {
  seed();
  const runtime = catalogRuntime({ workspace: "acme", interpreter: "scripted" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      console.log("\nLeaving. The plan waits.");
      void runtime.close().then(() => process.exit(signal === "SIGINT" ? 130 : 143));
    });
  }
  const planId = `plan-price-change-${new Date().toISOString().replace(/\D/gu, "").slice(0, 14)}`;
  let isAsked = false;
  for await (const event of runtime.query(storyScript(planId))) {
    if (event.type === "tool-agent" && event.state === "call") console.log(`${event.agent} asks ${event.agentName}`);
    if (event.type === "plan-status") console.log(`plan ${planId} is ${event.display ?? event.status}`);
    // The planner's turn announces the gate, and the executor's again.
    if (event.type !== "approval-required" || isAsked) continue;
    isAsked = true;
    void decide(runtime, planId);
  }
  for (const { summary } of await runtime.plans.actions(planId)) console.log(`  ${summary ?? "nothing was applied"}`);
  await runtime.close();
}

async function decide(runtime: Runtime, planId: string): Promise<void> {
  for (const { preview, fields } of (await runtime.plans.card(planId)).actions) {
    const reason = fields.find(({ label }) => label === "reason")?.value ?? "";
    console.log(`  ${String(JSON.parse(preview ?? "null"))}  (${reason})`);
  }
  console.log("It waits for a person. Answer here or in another terminal:");
  console.log(`  npx bridle approvals approve ${planId} --by you`);
  if (!process.stdin.isTTY) return;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  terminal.once("SIGINT", () => process.emit("SIGINT"));
  const typed = await terminal.question("Approve? [y/N] ");
  terminal.close();
  const decision = /^y/iu.test(typed) ? "approve" : "reject";
  await runtime.respondToApproval(planId, { decision, by: "you", channel: "terminal" });
}
