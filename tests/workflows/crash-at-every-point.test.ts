/**
 * Kills the worker at every named point, at every passage of it, until a run gets through untouched, and compares what is left
 * with a run that nobody disturbed, to the number of times that a tool was called.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { CRASH_POINTS, type CrashPoint } from "../../src/activities/crash-points.ts";
import { untilSeen } from "../helpers/crash-lab.ts";
import { type CrashScenario, type Outcome, survivesKill, undisturbed } from "../helpers/crash-scenario.ts";
import { add, ask, broken } from "../helpers/crash-script.ts";

const END_POINTS: readonly CrashPoint[] = ["endTurn.before", "turn.ended", "endTurn.after"];
/** Those of plans are in plan-crash.test.ts, that of calls that wait in tool-gate-crash.test.ts. */
const OTHER_POINTS: readonly CrashPoint[] = [
  "gate.opened",
  "decision.recorded",
  "preflight.done",
  "intent.written",
  "effect.returned",
  "ledger.done",
  "plan.closed",
];
const TURN_POINTS = CRASH_POINTS.filter((point) => !END_POINTS.includes(point) && !OTHER_POINTS.includes(point));

/** Coordinator, specialist, tool, and streamed text at every level. */
const answer: CrashScenario = {
  script: [{ text: "Let me ask. " }, ask("analyst", add, { text: "It is five." }), { text: "The analyst says five." }],
};

/** A routed agent fails, its caller hears of it, and then fails too. */
const failure: CrashScenario = { script: [ask("analyst", add, broken), broken] };

/** A run that is stopped while its coordinator speaks. How far it came depends on the moment, that it kept all it said does not. */
const cancelled: CrashScenario = {
  script: [add, { text: "word ".repeat(200) }],
  async act({ runtime }, run) {
    await untilSeen(run, (event) => event.type === "text");
    await runtime.cancel(run.runId);
  },
  settle(folded) {
    const [said, kept] = folded.filter((event) => "text" in event);
    expect(kept).toMatchObject({ type: "finish", text: said?.["text"] });
    return folded.map((event) => ("text" in event ? { ...event, text: "what was said" } : event));
  },
};

const SCENARIOS = { answer, failure, cancelled };
const cases = [
  ...TURN_POINTS.map((point) => ({ name: "answer" as const, point })),
  ...END_POINTS.flatMap((point) => [
    { name: "failure" as const, point },
    { name: "cancelled" as const, point },
  ]),
];

const expected = new Map<string, Outcome>();

beforeAll(async () => {
  await Promise.all(
    Object.entries(SCENARIOS).map(async ([name, scenario]) => expected.set(name, await undisturbed(scenario))),
  );
});

describe.concurrent("a worker is killed", () => {
  test.for(cases)("in the $name run, at $point", { timeout: 240_000 }, async ({ name, point }) => {
    const outcome = expected.get(name) ?? expect.unreachable();
    let kills = 0;
    while (await survivesKill(SCENARIOS[name], { point, passage: kills + 1 }, outcome)) kills += 1;

    expect(kills).toBeGreaterThan(0);
  });
});
