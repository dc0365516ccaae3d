import type { DecisionRecord, PlanStatus } from "../../protocol/plan.ts";
import { type CheckedDecision, checkDecision, type DecisionGrounds } from "./check-decision.ts";

/** What the signatures of a plan's or a call's decisions prove, by the keys that are trusted. */
export interface Verification extends Findings {
  readonly kind: "plan" | "tool";
  readonly status: PlanStatus | "open" | "closed";
  /** Every decision that counted, oldest first. */
  readonly decisions: readonly CheckedDecision[];
}

/** What was found besides the decisions themselves. */
export interface Findings {
  /** What must not be: empty when all is as it was signed. */
  readonly problems: readonly string[];
  /** What could not be looked at, or needed no person. */
  readonly notes: readonly string[];
}

/** Nothing to say. */
export const FINE: Findings = { problems: [], notes: [] };

/** One thing that must not be. */
export function problem(told: string): Findings {
  return { problems: [told], notes: [] };
}

/** One thing to know. */
export function note(told: string): Findings {
  return { problems: [], notes: [told] };
}

/** What several looks found together. */
export function together(...findings: readonly Findings[]): Findings {
  return { problems: findings.flatMap(({ problems }) => problems), notes: findings.flatMap(({ notes }) => notes) };
}

/** The decisions that counted, each checked, and those of them that verify. */
export interface CheckedDecisions {
  readonly decisions: readonly CheckedDecision[];
  readonly verified: readonly DecisionRecord[];
}

/** Checks every decision that counted. */
export async function checkDecisions(
  records: readonly DecisionRecord[],
  grounds: DecisionGrounds,
): Promise<CheckedDecisions> {
  const counted = records.filter(({ refused }) => refused === null);
  const decisions = await Promise.all(counted.map((record) => checkDecision(record, grounds)));
  return { decisions, verified: counted.filter((_, index) => decisions[index]?.verdict === "verified") };
}

/** Who verifiably decided, in words. */
export function verifiedPeople(verified: CheckedDecisions["verified"]): string {
  const people = new Set(verified.map(({ by }) => JSON.stringify(by)));
  return people.size === 0 ? "verified decisions are by nobody" : `verified decisions are by ${[...people].join(", ")}`;
}
