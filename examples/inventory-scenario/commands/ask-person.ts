import { createInterface } from "node:readline";
import type { Runtime } from "bridle";
import { cardText } from "../card-text.ts";

/** How to ask. */
export interface Asking {
  /** Approves without asking. */
  readonly yes: boolean;
  /** Says that nobody needs to answer any more: it was decided elsewhere, or this process leaves. */
  readonly signal: AbortSignal;
}

/** Shows a plan that waits with every way to answer, and asks where there is a terminal. */
export async function askPerson(runtime: Runtime, planId: string, { yes, signal }: Asking): Promise<void> {
  console.log(`\n${cardText(await runtime.plans.card(planId))}\n`);
  console.log(
    `Paused ${(performance.now() / 1000).toFixed(1)} s after the start. Nothing has changed on the platform.`,
  );
  console.log(await ways(runtime, planId));
  if (yes) return answer(runtime, planId, "approve");
  if (!process.stdin.isTTY) {
    console.log("There is no terminal here and no --yes, so the plan waits. Approve it in one of the ways above.");
    return;
  }
  const typed = await ask("Approve? [y]es, [n]o, anything else leaves it waiting: ", signal);
  if (signal.aborted) return;
  if (/^y(es)?$/iu.test(typed)) return answer(runtime, planId, "approve");
  if (/^no?$/iu.test(typed)) return answer(runtime, planId, "reject");
  console.log("It waits. Ctrl-C leaves; the plan stays, and the next start finds it here.");
}

/** What is typed; nothing when `signal` or the end of the input closes the question. */
function ask(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, signal });
  terminal.once("SIGINT", () => process.emit("SIGINT")); // a terminal that asks keeps Ctrl-C to itself
  terminal.setPrompt(question);
  terminal.prompt();
  return new Promise((resolve) => {
    let typed: string | undefined;
    terminal.once("line", (line) => {
      typed = line.trim();
      terminal.close();
    });
    terminal.once("close", () => {
      if (typed === undefined) console.log(); // what comes next would stand behind the question
      resolve(typed ?? "");
    });
  });
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
  const page = `${webUiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`;
  return [
    "The run waits as long as it takes: seconds or weeks, through any restart. Answer here, or from another terminal:",
    `  npx bridle approvals approve ${planId} --by you`,
    `  npx bridle approvals reject ${planId} --by you --note "too many units"`,
    `  temporal workflow signal --address ${address} --workflow-id ${workflowId} --name approve`,
    ...(webUiUrl === null ? [] : ['or in the Temporal Web UI, by sending the signal "approve":', `  ${page}`]),
    "(Answers are open here: whoever reaches this machine may send one. bridle serve and bridle worker want them signed.)",
    "",
  ].join("\n");
}
