import { type Runtime, StateError } from "bridle";
import { inventoryRuntime, openPlatform } from "../app.ts";
import { eventText } from "../event-text.ts";
import { explain } from "../explain.ts";
import type { Platform } from "../platform/platform.ts";
import type { ScenarioFolder } from "../scenario-folder.ts";
import { askPerson } from "./ask-person.ts";
import { type Chapter, openChapter } from "./chapter.ts";
import { leavingOnSignal } from "./leaving-on-signal.ts";
import { prepare } from "./prepare.ts";
import { watchActions, watchNothing } from "./watch-actions.ts";

/** How the story is told. */
export interface StoryOptions {
  /** Approves without asking, for when nobody sits at the keyboard. */
  readonly yes: boolean;
  /** Lets the model decide what to do, instead of the script. */
  readonly live: boolean;
}

/** The main job, end to end: explore, plan, pause for a person, apply, and show what changed. */
export async function story(folder: ScenarioFolder, options: StoryOptions): Promise<void> {
  const interpreter = options.live ? liveOrFail() : "scripted";
  await prepare(folder);
  const platform = openPlatform(folder);
  await refuseEmpty(platform);
  const runtime = inventoryRuntime({ workspace: "default", interpreter }, folder, { approvals: { mode: "open" } });
  const leaving = leavingOnSignal();
  try {
    console.error("Starting Temporal and the worker …");
    await runtime.ready();
    const chapter = await openChapter(runtime, folder, options.live);
    const plans = await tell(runtime, chapter, { ...options, signal: leaving });
    for (const planId of plans) await showBook(platform, planId);
    if ((await runtime.runs.get(chapter.runId)).status !== "completed") process.exitCode = 1;
  } catch (error) {
    if (!leaving.aborted) throw error;
    console.log("\nLeaving. The run stays as it is; start again and it goes on here.");
  } finally {
    await runtime.close();
  }
}

function liveOrFail(): "anthropic" {
  if ((process.env["ANTHROPIC_API_KEY"] ?? "") !== "") return "anthropic";
  throw new StateError("MODEL_KEY_MISSING", "--live asks the model, and ANTHROPIC_API_KEY is not set.", {
    hint: "Set it, or leave --live out: then a script stands in for the model.",
  });
}

async function refuseEmpty(platform: Platform): Promise<void> {
  if ((await platform.productCount()) > 0) return;
  throw new Error(
    "The platform has no products, so no plan could be applied. Run the command seed in its folder first.",
  );
}

/** Reads the run aloud until it ends, asks at each gate, and says which plans there were. */
async function tell(
  runtime: Runtime,
  { runId }: Chapter,
  { yes, signal }: StoryOptions & { readonly signal: AbortSignal },
): Promise<ReadonlySet<string>> {
  const asked = new Set<string>();
  const plans = new Set<string>();
  let asking = new AbortController();
  let watched = watchNothing;
  for await (const event of runtime.events(runId, { signal })) {
    if (event.type === "plan-status") {
      plans.add(event.planId);
      if (event.status !== "draft") asking.abort(); // whoever decided, and wherever
      // What became of each action is said before what became of the plan.
      await watched();
      watched = event.status === "executing" ? watchActions(runtime, event.planId) : watchNothing;
    }
    const line = eventText(event);
    if (line !== undefined) console.log(line);
    if (event.type !== "approval-required" || event.planId === undefined || asked.has(event.gate)) continue;
    // The planner's turn announces a gate and the executor's again; one that was answered meanwhile is past.
    if ((await runtime.plans.get(event.planId)).status !== "draft") continue;
    asked.add(event.gate);
    asking.abort();
    asking = new AbortController();
    const way = { yes, signal: AbortSignal.any([signal, asking.signal]) };
    askPerson(runtime, event.planId, way).catch((error: unknown) => console.error(explain(error)));
  }
  asking.abort();
  await watched();
  signal.throwIfAborted();
  return plans;
}

async function showBook(platform: Platform, planId: string): Promise<void> {
  const { effects, totals } = await platform.book(planId);
  const number = (value: number): string => value.toLocaleString("en-US");
  console.log(`\nWhat the platform says of ${planId}:`);
  if (effects.length === 0) console.log("  nothing was applied.");
  for (const { actionIndex, kind, productCount } of effects) {
    console.log(
      `  action ${String(actionIndex).padEnd(2)}  ${kind.padEnd(17)} ${number(productCount).padStart(7)} products`,
    );
  }
  const { onOrder, held, products } = totals;
  // The totals are of the whole platform, so they say nothing of a plan that changed nothing.
  if (effects.length > 0) {
    console.log(
      `  The platform has ${number(onOrder)} units on order and ${number(held)} held back now, over ${number(products)} products.`,
    );
  }
  console.log(`Who decided what:  npx bridle plans show ${planId} --audit`);
}
