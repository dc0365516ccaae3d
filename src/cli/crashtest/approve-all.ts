import type { WaitingApproval } from "../../runtime/approvals/approval-inbox.ts";
import type { Runtime } from "../../runtime/bind-runtime.ts";

/**
 * Approves everything that waits, as everybody whom the gates ask for: a crash test asks what dispatch does, not who may decide. Call it
 * again and again; gates that want several people get another one each time.
 */
export function approvingEverybody(runtime: Runtime): () => Promise<void> {
  const asked = new Map<string, number>();
  return async () => {
    const { items } = await runtime.approvals.list();
    for (const { gate, status } of items) {
      if (status !== "open") continue;
      const turn = asked.get(gate.id) ?? 0;
      asked.set(gate.id, turn + 1);
      await runtime.respondToApproval(gate.id, {
        decision: "approve",
        by: approverOf(gate, turn),
        channel: "crashtest",
      });
    }
  };
}

function approverOf({ rule }: WaitingApproval["gate"], turn: number): string {
  const named = rule.kind === "always" ? (rule.approvers ?? []) : [];
  return named.length === 0 ? `crashtest-${turn + 1}` : (named[turn % named.length] ?? "crashtest");
}
