import { expect, test } from "vitest";
import { afterBatchTrouble, type TroubledBatch } from "../../../src/engine/batch-ledger.ts";
import { actionRecord } from "../../helpers/action-record.ts";

const at = "2026-03-01T00:00:00.000Z";
const doubted = actionRecord(2, "intent", { at });

const batch: TroubledBatch = {
  trouble: "in-doubt",
  guarantee: "keyed",
  now: at,
  keyTtlMs: null,
  hasProbe: false,
  attempts: 1,
  isCancelled: false,
  lines: [actionRecord(1, "pending"), doubted, actionRecord(3, "pending")],
  stopped: null,
};

const cases: readonly (readonly [Partial<TroubledBatch>, again: boolean, states: readonly string[]])[] = [
  [{}, true, ["intent", "intent", "intent"]],
  [{ guarantee: "none" }, false, ["unknown", "unknown", "unknown"]],
  [{ isCancelled: true }, false, ["unknown", "unknown", "unknown"]],
  [{ trouble: "refused" }, false, ["unknown", "unknown", "unknown"]],
  [{ trouble: "refused", guarantee: "transactional" }, false, ["failed", "unknown", "failed"]],
  [{ trouble: "unreachable", guarantee: "transactional" }, true, ["intent", "intent", "intent"]],
  [{ trouble: "unreachable", guarantee: "none" }, false, ["unknown", "unknown", "unknown"]],
  [{ trouble: "refused", stopped: { index: 1, isStarted: true } }, false, ["failed", "unknown", "pending"]],
  [{ trouble: "in-doubt", stopped: { index: 1, isStarted: true } }, true, ["intent", "intent", "pending"]],
  [
    { trouble: "garbled", stopped: { index: 3, isStarted: true }, lines: [actionRecord(3, "pending")] },
    true,
    ["intent"],
  ],
  [
    { trouble: "garbled", attempts: 5, stopped: { index: 3, isStarted: true }, lines: [actionRecord(3, "pending")] },
    false,
    ["unknown"],
  ],
  [{ trouble: "threw" }, true, ["intent", "intent", "intent"]],
  [{ trouble: "threw", attempts: 5 }, false, ["unknown", "unknown", "unknown"]],
  [{ trouble: "threw", guarantee: "transactional" }, true, ["intent", "intent", "intent"]],
  [
    { trouble: "threw", guarantee: "none", stopped: { index: 1, isStarted: true } },
    false,
    ["unknown", "unknown", "pending"],
  ],
  [{ trouble: "threw", stopped: { index: 1, isStarted: true } }, true, ["intent", "intent", "pending"]],
  [
    { trouble: "unreachable", guarantee: "none", stopped: { index: 1, isStarted: true } },
    false,
    ["failed", "unknown", "pending"],
  ],
  [{ isCancelled: true, stopped: { index: 1, isStarted: false } }, false, ["pending", "unknown", "pending"]],
];

test.each(cases)("a batch that came to %j", (given, again, states) => {
  const verdict = afterBatchTrouble({ ...batch, ...given });

  expect(verdict.again).toBe(again);
  expect(verdict.moves.map(({ to }) => to)).toEqual(states);
});

test("each line is told what the call came to, for the attempt after it", () => {
  const codes = (given: Partial<TroubledBatch>): readonly string[] =>
    afterBatchTrouble({ ...batch, ...given }).moves.map(({ code }) => code);

  expect(codes({ trouble: "threw" })).toEqual(["ACTION_FAILED", "ACTION_FAILED", "ACTION_FAILED"]);
  expect(codes({ trouble: "unreachable" })).toEqual(Array(3).fill("ACTION_OUTCOME_UNKNOWN"));
  expect(codes({ trouble: "unreachable", guarantee: "transactional" })).toEqual([
    "ACTION_UNREACHED",
    "ACTION_OUTCOME_UNKNOWN",
    "ACTION_UNREACHED",
  ]);
});
