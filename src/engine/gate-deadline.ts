import type { ApprovalRule } from "../protocol/approval.ts";

/** The first instant at which a gate takes no more answers; null when it waits for ever. */
export function gateDeadline(rule: ApprovalRule, openedAt: string): string | null {
  if (rule.kind !== "always" || rule.expiresInMs === undefined) return null;
  const deadline = Date.parse(openedAt) + rule.expiresInMs;
  return deadline <= LAST_INSTANT ? new Date(deadline).toISOString() : null;
}

/** What becomes of a gate whose deadline passes. */
export function onDeadline(rule: ApprovalRule): "reject" | "expire" {
  return (rule.kind === "always" ? rule.onExpire : undefined) ?? "expire";
}

/** The end of the year 9999: later instants have no ISO form that others can read. */
const LAST_INSTANT = 253_402_300_799_999;
