import { createInterface } from "node:readline";
import type { Runtime } from "bridle";

/** Shows a plan that waits and asks about it, where there is a terminal, until `signal` says that nobody needs to answer any more. */
export async function askPerson(runtime: Runtime, planId: string, signal: AbortSignal): Promise<void> {
  const { status, actions } = await runtime.plans.card(planId);
  if (status !== "draft") return;
  for (const { title, fields } of actions) console.log(`  ${title} (${fields.map(({ value }) => value).join(", ")})`);
  console.log(`It waits for a person. Answer here, or elsewhere: npx bridle approvals approve ${planId} --by you`);
  if (!process.stdin.isTTY) return;
  const typed = await ask("Approve? [y]es, [n]o, anything else leaves it waiting: ", signal);
  if (signal.aborted) return;
  if (/^y(es)?$/iu.test(typed)) return answer(runtime, planId, "approve");
  if (/^no?$/iu.test(typed)) return answer(runtime, planId, "reject");
  console.log("It waits. Answer from another terminal, or press Ctrl-C: the next `npm start` asks again.");
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
