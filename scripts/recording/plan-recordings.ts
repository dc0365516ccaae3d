/** Recordings of the plan workflow: one for every status a plan can have, and for the ways in which a plan is asked for. */
import { actions, BROKEN, HELD, RECORDED_PLAN, SHELF_PLAN } from "./recorded-plan.ts";
import { closed, executions, pending, planOf, type Recorder, type Recording, save, thread, until } from "./recorder.ts";

/** On a server that lets histories grow. */
export const PLAN_RECORDINGS: Readonly<Record<string, Recording>> = {
  "plan that waits, is edited, and is approved before anyone asks": async (recorder) => {
    const { runtime } = recorder;
    await gated(recorder, "waits", ["a"]);
    await save(recorder, "plan-draft", { workflowId: planOf("waits") });
    await runtime.respondToApproval("waits", { decision: "edit", by: "ann", edits: { actions: actions(["b"]) } });
    await save(recorder, "plan-approved", { workflowId: planOf("waits") });
    await recorder.session.client.workflow.getHandle(planOf("waits")).cancel();
    await ended(recorder, "waits");
    await save(recorder, "plan-cancelled", { workflowId: planOf("waits") });
  },
  "plan that is executed for the host": async (recorder) => {
    await gated(recorder, "host", ["a", "b"]);
    await recorder.runtime.respondToApproval("host", { decision: "approve", by: "ann" });
    await recorder.runtime.plans.execute("host");
    await ended(recorder, "host");
    await save(recorder, "plan-executed", { workflowId: planOf("host") });
  },
  "plan that a turn waits for": async (recorder) => {
    await gated(recorder, "turn", ["a"]);
    const script = [{ tool: "executePlan", args: { planId: "turn" } }, { text: "Told." }];
    const run = recorder.runtime.runSpecialist("executor", JSON.stringify(script), { threadId: "executor" });
    await until(async () => (await pending(recorder, thread("executor"))).includes("plan"));
    await save(recorder, "open-plan", { workflowId: thread("executor") });
    await recorder.runtime.respondToApproval("turn", { decision: "approve", by: "ann" });
    await run.result();
    await closed(recorder, thread("executor"));
    await save(recorder, "plan-turn", { workflowId: thread("executor") });
    await ended(recorder, "turn");
    await save(recorder, "plan-executed-for-turn", { workflowId: planOf("turn") });
  },
  "plan that is being applied, then cancelled": async (recorder) => {
    await gated(recorder, "held", ["a", HELD, "c"]);
    await recorder.runtime.respondToApproval("held", { decision: "approve", by: "ann" });
    await recorder.runtime.plans.execute("held", { waitMs: 1 });
    await until(async () => (await recorder.runtime.plans.actions("held"))[1]?.state === "intent");
    await save(recorder, "plan-executing", { workflowId: planOf("held") });
    await recorder.session.client.workflow.getHandle(planOf("held")).signal("cancel", { by: "ann" });
    await ended(recorder, "held");
    await save(recorder, "plan-stopped", { workflowId: planOf("held") });
  },
  "plan whose action fails": async (recorder) => {
    await gated(recorder, "broken", [BROKEN, "b"]);
    await recorder.runtime.respondToApproval("broken", { decision: "approve", by: "ann" });
    await recorder.runtime.plans.execute("broken");
    await ended(recorder, "broken");
    await save(recorder, "plan-failed", { workflowId: planOf("broken") });
  },
  "plan that is sent back, revised and rejected": async (recorder) => {
    const { runtime } = recorder;
    await gated(recorder, "back", ["a"]);
    await runtime.respondToApproval("back", { decision: "revise", by: "ann", note: "b" });
    await save(recorder, "plan-sent-back", { workflowId: planOf("back") });
    await gated(recorder, "back", ["b"]);
    await runtime.respondToApproval("back", { decision: "reject", by: "ann" });
    await ended(recorder, "back");
    await save(recorder, "plan-rejected", { workflowId: planOf("back") });
  },
  "plan that nobody decides on": async (recorder) => {
    const script = [{ tool: "storePlan", args: stored("hurried", ["a"]) }, { text: "Stored." }];
    await recorder.runtime.runSpecialist("hurried", JSON.stringify(script), { threadId: "hurried" }).result();
    await ended(recorder, "hurried");
    await save(recorder, "plan-expired", { workflowId: planOf("hurried") });
  },
};

/** On a server that suggests a fresh history early. */
export const SHORT_PLAN_RECORDINGS: Readonly<Record<string, Recording>> = {
  "plan that is applied across histories": async (recorder) => {
    await gated(recorder, "long", ["a", "b", "c", "d", "e", "f"]);
    await recorder.runtime.respondToApproval("long", { decision: "approve", by: "ann" });
    await recorder.runtime.plans.execute("long");
    await ended(recorder, "long");
    const [first, second] = await executions(recorder, planOf("long"));
    await save(recorder, "plan-cut-before", { workflowId: planOf("long"), runId: first });
    await save(recorder, "plan-cut-after", { workflowId: planOf("long"), runId: second });
  },
};

/** Stores a revision and waits for its gate. */
async function gated({ runtime }: Recorder, planId: string, products: readonly string[]): Promise<void> {
  const { planHash } = await runtime.plans.store({ plan: SHELF_PLAN, planId, body: { actions: actions(products) } });
  await until(async () => (await runtime.plans.get(planId)).gate?.contentHash === planHash);
}

function stored(planId: string, products: readonly string[]): object {
  return { specName: RECORDED_PLAN, planId, body: { actions: actions(products) } };
}

async function ended(recorder: Recorder, planId: string): Promise<void> {
  await closed(recorder, planOf(planId));
}
