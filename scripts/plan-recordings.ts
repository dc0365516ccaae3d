/** Recordings of the plan workflow: one for every status a plan can have, and for the ways in which a plan is asked for. */
import { actions, BROKEN, HELD, RECORDED_PLAN, SHELF_PLAN } from "./recorded-plan.ts";
import { closed, executions, pending, type Recording, save, type Studio, thread, until } from "./recording-studio.ts";

/** On a server that lets histories grow. */
export const PLAN_RECORDINGS: Readonly<Record<string, Recording>> = {
  "plan that waits, is edited, and is approved before anyone asks": async (studio) => {
    const { runtime } = studio;
    await gated(studio, "waits", ["a"]);
    await save(studio, "plan-draft", { workflowId: planOf("waits") });
    await runtime.respondToApproval("waits", { decision: "edit", by: "ann", edits: { actions: actions(["b"]) } });
    await save(studio, "plan-approved", { workflowId: planOf("waits") });
    await studio.session.client.workflow.getHandle(planOf("waits")).cancel();
    await ended(studio, "waits");
    await save(studio, "plan-cancelled", { workflowId: planOf("waits") });
  },
  "plan that is executed for the host": async (studio) => {
    await gated(studio, "host", ["a", "b"]);
    await studio.runtime.respondToApproval("host", { decision: "approve", by: "ann" });
    await studio.runtime.plans.execute("host");
    await ended(studio, "host");
    await save(studio, "plan-executed", { workflowId: planOf("host") });
  },
  "plan that a turn waits for": async (studio) => {
    await gated(studio, "turn", ["a"]);
    const script = [{ tool: "executePlan", args: { planId: "turn" } }, { text: "Told." }];
    const run = studio.runtime.runSpecialist("executor", JSON.stringify(script), { threadId: "executor" });
    await until(async () => (await pending(studio, thread("executor"))).includes("plan"));
    await save(studio, "open-plan", { workflowId: thread("executor") });
    await studio.runtime.respondToApproval("turn", { decision: "approve", by: "ann" });
    await run.result();
    await closed(studio, thread("executor"));
    await save(studio, "plan-turn", { workflowId: thread("executor") });
    await ended(studio, "turn");
    await save(studio, "plan-executed-for-turn", { workflowId: planOf("turn") });
  },
  "plan that is being applied, then cancelled": async (studio) => {
    await gated(studio, "held", ["a", HELD, "c"]);
    await studio.runtime.respondToApproval("held", { decision: "approve", by: "ann" });
    await studio.runtime.plans.execute("held", { waitMs: 1 });
    await until(async () => (await studio.runtime.plans.actions("held"))[1]?.state === "intent");
    await save(studio, "plan-executing", { workflowId: planOf("held") });
    await studio.session.client.workflow.getHandle(planOf("held")).signal("cancel", { by: "ann" });
    await ended(studio, "held");
    await save(studio, "plan-stopped", { workflowId: planOf("held") });
  },
  "plan whose action fails": async (studio) => {
    await gated(studio, "broken", [BROKEN, "b"]);
    await studio.runtime.respondToApproval("broken", { decision: "approve", by: "ann" });
    await studio.runtime.plans.execute("broken");
    await ended(studio, "broken");
    await save(studio, "plan-failed", { workflowId: planOf("broken") });
  },
  "plan that is sent back, revised and rejected": async (studio) => {
    const { runtime } = studio;
    await gated(studio, "back", ["a"]);
    await runtime.respondToApproval("back", { decision: "revise", by: "ann", note: "b" });
    await save(studio, "plan-sent-back", { workflowId: planOf("back") });
    await gated(studio, "back", ["b"]);
    await runtime.respondToApproval("back", { decision: "reject", by: "ann" });
    await ended(studio, "back");
    await save(studio, "plan-rejected", { workflowId: planOf("back") });
  },
  "plan that nobody decides on": async (studio) => {
    const script = [{ tool: "storePlan", args: stored("hurried", ["a"]) }, { text: "Stored." }];
    await studio.runtime.runSpecialist("hurried", JSON.stringify(script), { threadId: "hurried" }).result();
    await ended(studio, "hurried");
    await save(studio, "plan-expired", { workflowId: planOf("hurried") });
  },
};

/** On a server that suggests a fresh history early. */
export const SHORT_PLAN_RECORDINGS: Readonly<Record<string, Recording>> = {
  "plan that is applied across histories": async (studio) => {
    await gated(studio, "long", ["a", "b", "c", "d", "e", "f"]);
    await studio.runtime.respondToApproval("long", { decision: "approve", by: "ann" });
    await studio.runtime.plans.execute("long");
    await ended(studio, "long");
    const [first, second] = await executions(studio, planOf("long"));
    await save(studio, "plan-cut-before", { workflowId: planOf("long"), runId: first });
    await save(studio, "plan-cut-after", { workflowId: planOf("long"), runId: second });
  },
};

/** Stores a revision and waits for its gate. */
async function gated({ runtime }: Studio, planId: string, products: readonly string[]): Promise<void> {
  const { planHash } = await runtime.plans.store({ plan: SHELF_PLAN, planId, body: { actions: actions(products) } });
  await until(async () => (await runtime.plans.get(planId)).gate?.contentHash === planHash);
}

function stored(planId: string, products: readonly string[]): object {
  return { specName: RECORDED_PLAN, planId, body: { actions: actions(products) } };
}

async function ended(studio: Studio, planId: string): Promise<void> {
  await closed(studio, planOf(planId));
}

function planOf(planId: string): string {
  return `acme/replay/plan/${planId}`;
}
