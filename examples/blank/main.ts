import { createInterface } from "node:readline/promises";
import { BridleError } from "bridle";
import { openRuntime } from "./app.ts";
import { storyScript } from "./story.ts";

const runtime = openRuntime({ workspace: "default", interpreter: "scripted" });
let isAsked = false;
const planId = `plan-${new Date().toISOString().replace(/\D/gu, "").slice(0, 14)}`;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    console.log("\nLeaving. The plan waits.");
    void runtime.close().then(() => process.exit(signal === "SIGINT" ? 130 : 143));
  });
}

try {
  console.log("Starting (the very first start fetches or builds the Temporal server, which can take minutes) …");
  for await (const event of runtime.query(storyScript(planId))) {
    if (event.type === "plan-status") console.log(`plan ${planId} is ${event.display ?? event.status}`);
    if (event.type === "approval-required" && !isAsked) void decide();
    if (event.type === "finish" && event.agent === "coordinator") console.log(`finished: ${event.text}`);
  }
} catch (error) {
  console.error(error instanceof BridleError ? `error: ${error.message}\nfix: ${error.hint ?? "see above"}` : error);
  process.exitCode = 1;
} finally {
  await runtime.close();
}

async function decide(): Promise<void> {
  isAsked = true;
  for (const { title, fields } of (await runtime.plans.card(planId)).actions) {
    console.log(`  ${title}: ${fields.map(({ value }) => value).join(", ")}`);
  }
  console.log(`It waits for a person. Answer here, or elsewhere: npx bridle approvals approve ${planId} --by you`);
  if (!process.stdin.isTTY) return;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  terminal.once("SIGINT", () => process.emit("SIGINT")); // a terminal that asks keeps Ctrl-C to itself
  const typed = await terminal.question("Approve? [y/N] ");
  terminal.close();
  const decision = /^y/iu.test(typed) ? "approve" : "reject";
  await runtime.respondToApproval(planId, { decision, by: "you", channel: "terminal" });
}
