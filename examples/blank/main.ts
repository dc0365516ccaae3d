import { BridleError } from "bridle";
import { openRuntime } from "./app.ts";
import { askPerson } from "./ask-person.ts";
import { leavingOnSignal } from "./leaving-on-signal.ts";
import { storyScript } from "./story.ts";

const STORY = "run_story-";
const runtime = openRuntime({ workspace: "default", interpreter: "scripted" });
const leaving = leavingOnSignal();

try {
  console.log("Starting (the very first start fetches or builds the Temporal server, which can take minutes) …");
  await tell(await openStory());
} catch (error) {
  complain(error);
} finally {
  await runtime.close();
}

/** The run of a story that was left in the middle; otherwise a new one. */
async function openStory(): Promise<string> {
  const { items } = await runtime.runs.list({ status: "running" });
  const left = items.find(({ runId }) => runId.startsWith(STORY));
  // Asking for the run itself also asks Temporal, which may have lost it.
  if (left !== undefined && (await runtime.runs.get(left.runId)).status === "running") return left.runId;
  const stamp = new Date().toISOString().replace(/\D/gu, "").slice(0, 14);
  return (await runtime.query(storyScript(`plan-${stamp}`), { runId: `${STORY}${stamp}` }).started).runId;
}

/** Reads a run aloud to its end, and asks when its plan waits. */
async function tell(runId: string): Promise<void> {
  let asking = new AbortController();
  let gate: string | undefined;
  let status: string | undefined;
  for await (const event of runtime.events(runId, { signal: leaving })) {
    if (event.type === "plan-status") {
      if (event.status !== "draft") asking.abort(); // whoever decided, and wherever
      if (event.status !== status) console.log(`plan ${event.planId} is ${event.status}`);
      ({ status } = event);
    }
    // The planner's turn announces a gate, and the executor's again.
    if (event.type === "approval-required" && event.planId !== undefined && event.gate !== gate) {
      asking.abort();
      asking = new AbortController();
      gate = event.gate;
      askPerson(runtime, event.planId, AbortSignal.any([asking.signal, leaving])).catch(complain);
    }
    if (event.type === "error") console.error(`error: ${event.message}\nfix: ${event.hint ?? "see above"}`);
    if (event.type === "finish" && event.agent === "coordinator") console.log(`finished: ${event.text}`);
  }
  asking.abort();
  if (leaving.aborted)
    console.log(`Leaving. ${status === "draft" ? "The plan waits" : "It goes on"}: start again to go on here.`);
  else if ((await runtime.runs.get(runId)).status !== "completed") process.exitCode = 1;
}

function complain(error: unknown): void {
  console.error(error instanceof BridleError ? `error: ${error.message}\nfix: ${error.hint ?? "see above"}` : error);
  process.exitCode = 1;
}
