import type { ActionState } from "../../protocol/plan.ts";

/** What became of one action in one run. */
export const FATES = ["applied", "lost", "repeated", "unknown", "unproven", "skipped"] as const;
export type Fate = (typeof FATES)[number];

/** All that is known of one action after a run. */
export interface ActionEvidence {
  /** What the plan's ledger says. */
  readonly state: ActionState;
  /** What the ledger, or else the plan, tells of a failure; null without one. */
  readonly error: string | null;
  /** Calls of the dispatcher but those that were refused; one that the kill cut off counts too. */
  readonly calls: number;
  /** How often it took effect, as the target itself counts; null when nobody asked it. */
  readonly effects: number | null;
  /** What the dispatcher's probe says now; null without one. */
  readonly probe: "applied" | "notApplied" | "unknown" | null;
  /** Whether the plan stopped because an action of it is in doubt. */
  readonly followsDoubt: boolean;
}

/** What became of an action, and why it is no good when it is not. */
export interface Judgement {
  readonly fate: Fate;
  readonly because: string | null;
}

/**
 * Judges one action by its ledger and its target. What the target counts goes before what a probe says; without a count, an action
 * that was called twice is unproven, because only the target knows whether the second call was another effect.
 */
export function judgeAction(evidence: ActionEvidence): Judgement {
  const { state, calls, effects } = evidence;
  const found = isFound(evidence);
  if (effects !== null && effects > 1) return { fate: "repeated", because: `it took effect ${effects} times` };
  switch (state) {
    case "unknown":
      return { fate: "unknown", because: toldDoubt(found) };
    case "done":
      if (found === false) return lost("it is recorded as done, and the target has no effect of it");
      if (effects !== null || calls <= 1) return { fate: "applied", because: null };
      return { fate: "unproven", because: `it was called ${calls} times, and nothing counts its effects` };
    case "failed":
    case "skipped":
      if (found === true) return lost(`it took effect, and its record says ${state}`);
      if (state === "skipped" && evidence.followsDoubt) return { fate: "skipped", because: null };
      return lost(`it was approved, and ended as ${state}${told(evidence)}`);
    case "pending":
    case "intent":
      return lost(`it did not end; its record says ${state}${told(evidence)}`);
  }
}

function told({ error }: ActionEvidence): string {
  return error === null ? "" : `: ${error}`;
}

/** Null when nobody can tell. */
function isFound({ effects, probe }: ActionEvidence): boolean | null {
  if (effects !== null) return effects > 0;
  if (probe === "applied") return true;
  return probe === "notApplied" ? false : null;
}

function toldDoubt(found: boolean | null): string {
  if (found === null) return "a person must find out whether it took effect";
  return `a person must settle it; the target says that it ${found ? "took effect" : "did not take effect"}`;
}

function lost(because: string): Judgement {
  return { fate: "lost", because };
}
