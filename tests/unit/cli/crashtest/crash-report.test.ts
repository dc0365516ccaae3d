import { expect, test } from "vitest";
import { crashReport, type JudgedRun, verdictText } from "../../../../src/cli/crashtest/crash-report.ts";
import type { Fate } from "../../../../src/cli/crashtest/judge-action.ts";

function runOf(point: string | null, ...fates: readonly Fate[]): JudgedRun {
  return {
    boundary: point === null ? null : { point, label: point },
    planIds: ["p"],
    wasKilled: point !== null,
    actions: fates.map((fate, index) => ({ index, kind: "hold", fate, because: fate === "applied" ? null : "so" })),
  };
}

test("what was lost or repeated is broken, and said with its place", () => {
  const report = crashReport([runOf(null, "applied", "applied"), runOf("a:1", "applied", "repeated")]);

  expect(report).toMatchObject({
    verdict: "broken",
    kills: 1,
    actions: [
      { index: 0, applied: 2 },
      { index: 1, applied: 1, repeated: 1 },
    ],
    findings: [{ at: "a:1", action: 1, fate: "repeated" }],
  });
});

test("what nobody counts is not safe, and what a person must settle is told", () => {
  expect(crashReport([runOf("a:1", "unproven", "unknown")]).verdict).toBe("unproven");
  const safe = crashReport([runOf("a:1", "unknown", "skipped")]);
  expect(safe.verdict).toBe("safe");
  expect(verdictText(safe)).toContain("1 times an action was left to a person");
});

test("a plan that is not applied whole without a kill is broken", () => {
  const report = crashReport([runOf(null, "unknown")]);

  expect(report.verdict).toBe("broken");
  expect(verdictText(report)).toContain("even when nothing is killed");
});
