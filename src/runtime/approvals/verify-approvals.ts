import type { ApprovalProof } from "../../specs/hosted-app.ts";
import { findApproval } from "./approval-inbox.ts";
import { PlanId } from "../../protocol/plan.ts";
import type { StorePlace } from "../place.ts";
import type { Verification } from "./verification.ts";
import { verifyCall } from "./verify-call.ts";
import { verifyPlan } from "./verify-plan.ts";

/** Checks what people decided on a plan or a tool call against trusted keys, from the store alone. Fails with GATE_UNKNOWN. */
export async function verifyApprovals(open: StorePlace, id: string, proof: ApprovalProof): Promise<Verification> {
  const planId = PlanId.safeParse(id);
  const plan = planId.success ? await open.store.plans.get(planId.data) : null;
  if (plan !== null) return verifyPlan(open, plan, proof);
  const { gate, status } = await findApproval(open.store, id);
  const { subject } = gate;
  return subject.kind === "plan"
    ? verifyApprovals(open, subject.planId, proof)
    : verifyCall(open, { gate, status, subject }, proof);
}
