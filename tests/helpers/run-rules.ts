import type { RunEvent } from "../../src/index.ts";
import { brokenOrder } from "./run-order.ts";

/** An event without what differs between two runs of the same work. */
export type FoldedEvent = Readonly<Record<string, unknown>>;

/** What is wrong with a finished run's events, one line each: numbering, order, retries, results, end. */
export function brokenRules(events: readonly RunEvent[]): readonly string[] {
  return [...numbering(events), ...brokenOrder(events), ...retries(events), ...results(events), ...ending(events)];
}

/**
 * What a reader is left with once it dropped the attempts it was told to drop: equal for any two runs of the same work, whatever
 * happened on the way. Run id, times, numbers of events and attempts are gone, and neighbouring pieces of text are one.
 */
export function foldedRun(events: readonly RunEvent[]): readonly FoldedEvent[] {
  const folded: FoldedEvent[] = [];
  for (const event of withoutSuperseded(events)) {
    const { runId, seq: _seq, cursor: _cursor, at: _at, turn, ...rest } = event;
    const next = { ...rest, attempt: undefined, turn: turn.replace(runId, "run") };
    const last = folded.at(-1);
    const goesOn =
      next.type === "text" && last?.["type"] === "text" && last["turn"] === next.turn && last["step"] === next.step;
    if (goesOn) folded[folded.length - 1] = { ...last, text: `${String(last["text"])}${next.text}` };
    else folded.push(next);
  }
  return folded;
}

function withoutSuperseded(events: readonly RunEvent[]): readonly RunEvent[] {
  const dropped = new Set(
    events.flatMap((event) => (event.type === "step-retry" ? [attemptKey(event, event.supersededAttempt)] : [])),
  );
  return withoutRetriedProgress(events).filter(
    (event) => event.type !== "step-retry" && !(isOfAttempt(event) && dropped.has(attemptKey(event, event.attempt))),
  );
}

/** Without the marks that a call is made again, and the progress that they take back. */
export function withoutRetriedProgress(events: readonly RunEvent[]): readonly RunEvent[] {
  return events.filter((event, index) => {
    if (event.type === "tool-retry") return false;
    return !(event.type === "tool-progress" && events.slice(index).some((later) => takesBack(later, event)));
  });
}

function takesBack(later: RunEvent, { turn, toolInvocationId }: Extract<RunEvent, { type: "tool-progress" }>): boolean {
  return later.type === "tool-retry" && later.turn === turn && later.toolInvocationId === toolInvocationId;
}

function numbering(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap(({ seq }, index) => (seq === index + 1 ? [] : [`event ${index + 1} has number ${seq}`]));
}

function retries(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event, index) => {
    if (!isOfAttempt(event)) return [];
    const later = events.slice(index + 1).filter((other) => stepKey(other) === stepKey(event));
    const takenBack = later.findIndex(
      (other) => other.type === "step-retry" && other.supersededAttempt === event.attempt,
    );
    const followed = later.findIndex((other) => isOfAttempt(other) && other.attempt > event.attempt);
    const said = `${event.type} ${event.seq} of attempt ${event.attempt}`;
    const stale = events
      .slice(0, index)
      .some(
        (other) =>
          other.type === "step-retry" &&
          attemptKey(other, other.supersededAttempt) === attemptKey(event, event.attempt),
      );
    return [
      ...(followed >= 0 && (takenBack < 0 || takenBack > followed)
        ? [`${said} is followed by attempt ${event.attempt + 1} without a step-retry`]
        : []),
      ...(stale ? [`${said} comes after its step-retry`] : []),
    ];
  });
}

function results(events: readonly RunEvent[]): readonly string[] {
  const calls = new Map<string, number>();
  const broken: string[] = [];
  for (const event of events) {
    if (event.type !== "tool-invocation" && event.type !== "tool-agent") continue;
    const key = `${event.turn} ${event.toolInvocationId}`;
    if (event.state === "call" && calls.has(key)) broken.push(`call ${key} is announced twice`);
    if (event.state === "result" && !calls.has(key)) broken.push(`call ${key} has a result before it is announced`);
    calls.set(key, (calls.get(key) ?? 0) + (event.state === "result" ? 1 : 0));
  }
  const cancelled = events.some((event) => event.type === "finish" && event.reason === "cancelled");
  const fits = (count: number): boolean => count === 1 || (cancelled && count === 0);
  return [
    ...broken,
    ...[...calls].flatMap(([key, count]) => (fits(count) ? [] : [`call ${key} has ${count} results`])),
  ];
}

function ending(events: readonly RunEvent[]): readonly string[] {
  const finishes = events.filter((event) => event.type === "finish");
  const isLast = events.at(-1)?.type === "finish";
  return finishes.length === 1 && isLast
    ? []
    : [`${finishes.length} finish events, the last event is ${events.at(-1)?.type ?? "missing"}`];
}

type OfAttempt = Extract<RunEvent, { step: number; attempt: number }>;

/** Of an attempt of a model step; a tool's progress has attempts of its own. */
function isOfAttempt(event: RunEvent): event is OfAttempt {
  return "step" in event && "attempt" in event;
}

function stepKey(event: RunEvent): string | undefined {
  return "step" in event ? `${event.turn} ${event.step}` : undefined;
}

function attemptKey(event: RunEvent, attempt: number): string {
  return `${stepKey(event)} ${attempt}`;
}
