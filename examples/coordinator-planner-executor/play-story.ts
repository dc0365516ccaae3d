import type { Runtime } from "bridle";
import { catalogRuntime } from "./app.ts";
import { askPerson } from "./ask-person.ts";
import { explain } from "./explain.ts";
import { leavingOnSignal } from "./leaving-on-signal.ts";
import { seed } from "./seed.ts";
import { storyScript } from "./story.ts";

const STORY = "run_price-story-";

/** Plays the story in the workspace acme up to the plan, waits for a person, and shows what came of it. */
export async function playStory(): Promise<void> {
  seed();
  const leaving = leavingOnSignal();
  const runtime = catalogRuntime({ workspace: "acme", interpreter: "scripted" });
  try {
    const runId = await openStory(runtime);
    const planId = await tell(runtime, runId, leaving);
    if (leaving.aborted) return;
    for (const { summary } of planId === undefined ? [] : await runtime.plans.actions(planId))
      console.log(`  ${summary ?? "nothing was applied"}`);
    if ((await runtime.runs.get(runId)).status !== "completed") process.exitCode = 1;
  } finally {
    await runtime.close();
  }
}

/** The run of a story that was left in the middle; otherwise a new one. */
async function openStory(runtime: Runtime): Promise<string> {
  const { items } = await runtime.runs.list({ status: "running" });
  const left = items.find(({ runId }) => runId.startsWith(STORY));
  // Asking for the run itself also asks Temporal, which may have lost it.
  if (left !== undefined && (await runtime.runs.get(left.runId)).status === "running") return left.runId;
  const stamp = new Date().toISOString().replace(/\D/gu, "").slice(0, 14);
  return (await runtime.query(storyScript(`plan-price-change-${stamp}`), { runId: `${STORY}${stamp}` }).started).runId;
}

/** Reads a run aloud to its end, asks when its plan waits, and says which plan it was. */
async function tell(runtime: Runtime, runId: string, leaving: AbortSignal): Promise<string | undefined> {
  let asking = new AbortController();
  let gate: string | undefined;
  let planId: string | undefined;
  let status: string | undefined;
  for await (const event of runtime.events(runId, { signal: leaving })) {
    if (event.type === "tool-agent" && event.state === "call") console.log(`${event.agent} asks ${event.agentName}`);
    if (event.type === "plan-status") {
      if (event.status !== "draft") asking.abort(); // whoever decided, and wherever
      if (event.status !== status) console.log(`plan ${event.planId} is ${event.status}`);
      ({ planId, status } = event);
    }
    if (event.type === "error") console.error(`error: ${event.message}\nfix: ${event.hint ?? "see above"}`);
    // The planner's turn announces the gate, and the executor's again.
    if (event.type !== "approval-required" || event.planId === undefined || event.gate === gate) continue;
    asking.abort();
    asking = new AbortController();
    gate = event.gate;
    const signal = AbortSignal.any([asking.signal, leaving]);
    askPerson(runtime, event.planId, signal).catch((error: unknown) => console.error(explain(error)));
  }
  asking.abort();
  if (leaving.aborted)
    console.log(`Leaving. ${status === "draft" ? "The plan waits" : "It goes on"}: start again to go on here.`);
  return planId;
}
