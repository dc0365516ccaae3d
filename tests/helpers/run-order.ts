import type { RunEvent } from "../../src/index.ts";

/** The calls of one turn that have no result yet, and the model step whose reply made them. */
interface TurnOrder {
  step: number;
  readonly open: Set<string>;
  readonly answered: Set<string>;
}

/**
 * What is told in the wrong order, one line each: a call is answered before the next step of its turn says anything and before the
 * run is over, and nothing is told of a call after its result. A run that was lost is closed from outside and knows of no results.
 */
export function brokenOrder(events: readonly RunEvent[]): readonly string[] {
  const turns = new Map<string, TurnOrder>();
  const isLost = events.some((event) => event.type === "error" && event.code === "RUN_LOST");
  return events.flatMap((event) => {
    const turn = turns.get(event.turn) ?? { step: 0, open: new Set(), answered: new Set() };
    turns.set(event.turn, turn);
    const early = event.type === "finish" && isLost ? [] : tooEarly(turn, event);
    return [...early, ...tooLate(turn, event)];
  });
}

function tooEarly(turn: TurnOrder, event: RunEvent): readonly string[] {
  const isNext = event.type === "finish" || ("step" in event && event.step > turn.step);
  if ("step" in event) turn.step = Math.max(turn.step, event.step);
  if (!isNext) return [];
  return [...turn.open].map((call) => `${event.type} ${event.seq} comes before the result of call ${call}`);
}

function tooLate({ open, answered }: TurnOrder, event: RunEvent): readonly string[] {
  if (!("toolInvocationId" in event) || event.toolInvocationId === undefined) return [];
  const call = event.toolInvocationId;
  if (answered.has(call)) return [`${event.type} ${event.seq} comes after the result of call ${call}`];
  if ("state" in event && event.state === "call") open.add(call);
  if ("state" in event && event.state === "result") {
    answered.add(call);
    open.delete(call);
  }
  return [];
}
