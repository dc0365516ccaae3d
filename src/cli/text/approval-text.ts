import type { ApprovalDetail } from "../../runtime/approvals/approval-inbox.ts";
import type { PlanCard } from "../../runtime/plans/plan-card.ts";
import { printable, printableLine } from "../output/printable.ts";
import { table } from "../output/table.ts";
import { gateRows } from "./gate-lines.ts";
import { decisionLines, planText } from "./plan-text.ts";

/** A gate for a terminal: a plan as its card, a call with all of its arguments. What models and people wrote cannot pass for ours. */
export function approvalText(detail: ApprovalDetail, card: PlanCard | null): string {
  const { gate, status, runId, threadId, call, decisions, args } = detail;
  const { subject } = gate;
  const rule = gateRows(gate, decisions);
  if (subject.kind === "plan" && card !== null)
    return `${planText(card, { decisions })}\n\n${table([["gate", gate.id], ...rule])}`;
  const rows = [
    ["gate", gate.id],
    ["status", status === "open" ? "waits for a person" : "closed"],
    ["hash", gate.contentHash],
    ["tool", printableLine(subject.kind === "tool" ? subject.tool : "")],
    ...rule,
    ["run", printableLine(runId ?? "")],
    ["thread", printableLine(threadId ?? "")],
    ["turn", printableLine(call?.turn ?? "")],
  ];
  const parts = [table(rows), argumentLines(args), decisionLines(decisions)];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Set in further than any line of ours. */
function argumentLines(args: ApprovalDetail["args"]): string {
  const text = printable(JSON.stringify(args, null, 2));
  return `arguments\n${text
    .split("\n")
    .map((line) => `   ${line}`)
    .join("\n")}`;
}
