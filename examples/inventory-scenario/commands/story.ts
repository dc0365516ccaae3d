import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import type { Runtime } from "bridle";
import * as z from "zod";
import { inventoryRuntime } from "../app.ts";
import { cardText } from "../card-text.ts";
import { eventText } from "../event-text.ts";
import { PlatformDatabase } from "../platform/platform-database.ts";
import type { ScenarioFolder } from "../scenario-folder.ts";
import { storyScript } from "../story.ts";
import { prepare } from "./prepare.ts";

/** The run that the story is in, so that a second start goes on with it. */
const Chapter = z.strictObject({ runId: z.string(), planId: z.string(), startedAt: z.string() });
type Chapter = z.infer<typeof Chapter>;

/** Approves without asking, for when nobody sits at the keyboard. */
export interface StoryOptions {
  readonly yes: boolean;
}

/** The main job, end to end: explore, plan, pause for a person, apply, and show what changed. */
export async function story(folder: ScenarioFolder, { yes }: StoryOptions): Promise<void> {
  await prepare(folder);
  const runtime = inventoryRuntime({ workspace: "default", interpreter: "scripted" }, folder, {
    approvals: { mode: "open" },
  });
  const { signal } = leavingOnInterrupt();
  try {
    console.error("Starting Temporal and the worker (the very first start builds the server, which takes minutes) …");
    await runtime.ready();
    const chapter = await openChapter(runtime, folder);
    await tell(runtime, chapter, { yes, signal });
    showPlatform(folder, chapter.planId);
  } catch (error) {
    if (!signal.aborted) throw error;
    console.log("\nLeaving. The run stays as it is; start again and it goes on here.");
    process.exitCode = 130;
  } finally {
    await runtime.close();
  }
}

/** Goes on with a story that is still open, or begins one. */
async function openChapter(runtime: Runtime, folder: ScenarioFolder): Promise<Chapter> {
  const earlier = readChapter(folder.story);
  if (earlier !== null) {
    const run = await runtime.runs.get(earlier.runId).catch(() => null);
    if (run !== null && run.status === "running") {
      console.log(`Going on with the story of ${earlier.startedAt}.\n`);
      return earlier;
    }
  }
  const startedAt = new Date().toISOString();
  const name = startedAt.replace(/\D/gu, "").slice(0, 14);
  const chapter = { runId: `run_story-${name}`, planId: `plan-online-cover-${name}`, startedAt };
  writeFileSync(`${folder.story}.unfinished`, JSON.stringify(chapter));
  renameSync(`${folder.story}.unfinished`, folder.story);
  await runtime.query(storyScript(chapter.planId), { runId: chapter.runId }).started;
  return chapter;
}

function readChapter(path: string): Chapter | null {
  if (!existsSync(path)) return null;
  const parsed = Chapter.safeParse(JSON.parse(readFileSync(path, "utf8")));
  return parsed.success ? parsed.data : null;
}

/** Reads the run aloud until it ends, and asks at the gate. */
async function tell(
  runtime: Runtime,
  { runId, planId }: Chapter,
  { yes, signal }: StoryOptions & { readonly signal: AbortSignal },
): Promise<void> {
  let isAsked = false;
  for await (const event of runtime.query("", { resume: runId, signal })) {
    const line = eventText(event);
    if (line !== undefined) console.log(line);
    if (event.type !== "approval-required" || isAsked || !(await waits(runtime, planId))) continue;
    isAsked = true;
    console.log(`\n${cardText(await runtime.plans.card(planId))}\n`);
    void decide(runtime, planId, { yes, signal });
  }
  signal.throwIfAborted();
}

async function waits(runtime: Runtime, planId: string): Promise<boolean> {
  return (await runtime.plans.get(planId)).status === "draft";
}

async function decide(
  runtime: Runtime,
  planId: string,
  { yes, signal }: StoryOptions & { readonly signal: AbortSignal },
): Promise<void> {
  console.log(await ways(runtime, planId));
  if (yes) return answer(runtime, planId, "approve");
  if (!process.stdin.isTTY) {
    console.log("There is no terminal here and no --yes, so the plan waits. Approve it in one of the ways above.");
    return;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  terminal.once("SIGINT", () => process.emit("SIGINT"));
  const typed = await terminal
    .question("Approve? [y]es, [n]o, anything else leaves it waiting: ", { signal })
    .catch(() => "");
  terminal.close();
  if (/^y(es)?$/iu.test(typed.trim())) return answer(runtime, planId, "approve");
  if (/^no?$/iu.test(typed.trim())) return answer(runtime, planId, "reject");
  if (!signal.aborted) console.log("It waits. Ctrl-C leaves; the plan stays, and the next start finds it here.");
}

async function answer(runtime: Runtime, planId: string, decision: "approve" | "reject"): Promise<void> {
  const result = await runtime.respondToApproval(planId, { decision, by: "you", channel: "terminal" });
  if (result.kind === "refused") console.log(`That did not count: ${result.message}`);
}

/** Every way to answer, ready to be copied. */
async function ways(runtime: Runtime, planId: string): Promise<string> {
  const { address, namespace, webUiUrl } = await runtime.temporal();
  const { tenant, workspace } = runtime.app;
  const workflowId = `${tenant}/${workspace}/plan/${planId}`;
  const link =
    webUiUrl === null ? [] : [`  ${webUiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`];
  return [
    "Nothing has changed on the platform. The run waits as long as it takes: seconds or weeks, through any restart.",
    "Answer here, or from another terminal:",
    `  npx bridle approvals approve ${planId} --by you`,
    `  npx bridle approvals reject ${planId} --by you --note "too many units"`,
    `  temporal workflow signal --address ${address} --workflow-id ${workflowId} --name approve`,
    ...(link.length === 0 ? [] : ['or in the Temporal Web UI, by sending the signal "approve":', ...link]),
    "(Answers are open here: whoever reaches this machine may send one. bridle serve and bridle worker want them signed.)",
    "",
  ].join("\n");
}

function showPlatform(folder: ScenarioFolder, planId: string): void {
  const database = new PlatformDatabase(folder.platform);
  const effects = database.effects({ planId });
  const { products, onOrder, held } = database.totals();
  database.close();
  console.log("\nWhat the platform says:");
  for (const effect of effects) {
    console.log(
      `  action ${effect.actionIndex}  ${effect.kind.padEnd(17)} ${effect.productCount.toLocaleString("en-US").padStart(7)} products`,
    );
  }
  if (effects.length === 0) console.log("  nothing was applied.");
  const number = (value: number): string => value.toLocaleString("en-US");
  console.log(`  ${number(onOrder)} units on order, ${number(held)} held back, over ${number(products)} products.`);
  console.log(`\nWho decided what:  npx bridle plans show ${planId} --audit`);
}

/** Ctrl-C ends this process only: the run is a workflow and stays as it is. A second one ends it at once. */
function leavingOnInterrupt(): AbortController {
  const leaving = new AbortController();
  process.once("SIGINT", () => {
    process.once("SIGINT", () => process.exit(130));
    leaving.abort(new Error("interrupted"));
  });
  return leaving;
}
