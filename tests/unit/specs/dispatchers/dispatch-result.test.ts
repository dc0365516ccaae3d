import { expect, test } from "vitest";
import { byteLength } from "../../../../src/lib/cap-text.ts";
import { DISPATCH_DETAILS_BYTES, DISPATCH_SUMMARY_BYTES } from "../../../../src/protocol/limits/dispatch.ts";
import { checkDispatchResult } from "../../../../src/specs/dispatchers/dispatch-result.ts";

const ACCEPTED: readonly (readonly [what: string, value: unknown, result: object])[] = [
  ["null", null, { entitiesAffected: 0, summary: null, details: null }],
  ["nothing affected", { entitiesAffected: 0 }, { entitiesAffected: 0, summary: null, details: null }],
  [
    "everything",
    { entitiesAffected: 3, summary: "done", details: { ids: ["a"], gone: undefined } },
    { entitiesAffected: 3, summary: "done", details: { ids: ["a"] } },
  ],
  ["1.0", { entitiesAffected: Number("1.0") }, { entitiesAffected: 1, summary: null, details: null }],
  [
    "optional fields as null and undefined",
    { entitiesAffected: 1, summary: null, details: undefined },
    { entitiesAffected: 1, summary: null, details: null },
  ],
  [
    "a field of the author's own",
    { entitiesAffected: 1, tookMs: 5 },
    { entitiesAffected: 1, summary: null, details: null },
  ],
];

test.each(ACCEPTED)("a dispatcher may return %s", (_what, value, result) => {
  expect(checkDispatchResult(value)).toEqual({ ok: true, result });
});

const SHAPE = "the dispatcher's result must be {entitiesAffected, …} or null, received";
const COUNT = "entitiesAffected of the dispatcher's result must be a whole number of at least 0, received";
const REFUSED: readonly (readonly [message: string, value: unknown])[] = [
  [`${SHAPE} undefined`, undefined],
  [`${SHAPE} 3`, 3],
  [`${SHAPE} true`, true],
  [`${SHAPE} "done"`, "done"],
  [`${SHAPE} an array of 1`, [{ entitiesAffected: 1 }]],
  [`${COUNT} undefined`, {}],
  [`${COUNT} -1`, { entitiesAffected: -1 }],
  [`${COUNT} 1.5`, { entitiesAffected: 1.5 }],
  [`${COUNT} NaN`, { entitiesAffected: Number.NaN }],
  [`${COUNT} Infinity`, { entitiesAffected: Number.POSITIVE_INFINITY }],
  [`${COUNT} 9007199254740992`, { entitiesAffected: 2 ** 53 }],
  [`${COUNT} "1"`, { entitiesAffected: "1" }],
  [`${COUNT} the bigint 1`, { entitiesAffected: 1n }],
  [`${COUNT} null`, { entitiesAffected: null }],
  [`${COUNT} an array of 1`, { entitiesAffected: [1] }],
  ["summary of the dispatcher's result must be a string, received 7", { entitiesAffected: 1, summary: 7 }],
  [
    "details of the dispatcher's result must be JSON, received an object",
    { entitiesAffected: 1, details: { at: new Date(0) } },
  ],
  ["details of the dispatcher's result must be JSON, received a function", { entitiesAffected: 1, details: () => 1 }],
  ["details of the dispatcher's result must be JSON, received NaN", { entitiesAffected: 1, details: Number.NaN }],
];

test.each(REFUSED)("%s", (message, value) => {
  expect(checkDispatchResult(value)).toEqual({ ok: false, message });
});

test("what is too long to keep does not fail an effect that is done", () => {
  const checked = checkDispatchResult({
    entitiesAffected: 1,
    summary: "x".repeat(DISPATCH_SUMMARY_BYTES + 1),
    details: "y".repeat(DISPATCH_DETAILS_BYTES),
  });

  expect(checked).toMatchObject({
    ok: true,
    result: { details: { dropped: `${DISPATCH_DETAILS_BYTES + 2} bytes of details` } },
  });
  expect(checked.ok && byteLength(checked.result.summary ?? "")).toBeLessThan(DISPATCH_SUMMARY_BYTES + 100);
});
