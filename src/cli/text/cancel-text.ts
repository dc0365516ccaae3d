import type { PlanCancelled } from "../../runtime/plans/cancel-plan.ts";
import { printableLine } from "../output/printable.ts";

/** How far a plan got that somebody stopped, in a line or two. */
export function cancelText(cancelled: PlanCancelled): string {
  const { kind, plan, decision } = cancelled;
  const stopped = `cancelled ${howFar(cancelled)}`;
  switch (kind) {
    case "cancelled":
      return `${plan.planId} is ${plan.status}: ${stopped}${settleHint(cancelled)}`;
    case "ended":
      return decision === null
        ? `${plan.planId} had ended by itself: ${plan.status}`
        : `${plan.planId} had ended already: ${plan.status}, ${stopped} by ${printableLine(decision.by)}${settleHint(cancelled)}`;
    case "asked":
      return `${plan.planId} was asked to stop, and is ${plan.status} ${howFar(cancelled)}`;
  }
}

function howFar({ actions, applied, inDoubt }: PlanCancelled): string {
  const underWay = actions.filter(({ state }) => state === "intent").map(({ index }) => index);
  const doubts = [
    ...(inDoubt.length === 0 ? [] : [`${named(inDoubt)} in doubt`]),
    ...(underWay.length === 0 ? [] : [`${named(underWay)} under way`]),
  ];
  return [`after ${applied} of ${actions.length} actions`, ...doubts].join("; ");
}

/** An action in doubt is nobody's but a person's to settle. */
function settleHint({ plan, inDoubt: [first] }: PlanCancelled): string {
  return first === undefined
    ? ""
    : `\nsay what became of it: \`bridle plans settle ${plan.planId} ${first} --as done|failed\``;
}

function named(indexes: readonly number[]): string {
  const shown = indexes.slice(0, SHOWN_ACTIONS).join(", ");
  const more = indexes.length > SHOWN_ACTIONS ? `, … (${indexes.length} in all)` : "";
  return indexes.length === 1 ? `action ${shown} is` : `actions ${shown}${more} are`;
}

const SHOWN_ACTIONS = 20;
