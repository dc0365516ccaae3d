import { expect, test } from "vitest";
import { isSamePerson } from "../../../src/lib/same-person.ts";
import { quorum, whyForbidden } from "../../../src/engine/may-decide.ts";
import type { AlwaysApproval } from "../../../src/protocol/approval.ts";

const may = (rule: Omit<AlwaysApproval, "kind">, by: string, requestedBy = "planner"): boolean =>
  whyForbidden({ rule: { kind: "always", ...rule }, requestedBy }, by) === null;

test.each([
  ["ann", "ann", true],
  ["ann", "Ann", true],
  ["ann", " ann ", true],
  ["ann lee", "ann  lee", true],
  ["ann", "a\u200Bnn", true],
  ["ann", "\uFF41nn", true],
  ["ann", "eve", false],
  ["ann", "", false],
])("%j and %j are one person: %s", (one, other, same) => {
  expect(isSamePerson(one, other)).toBe(same);
});

test("a rule that asks nothing takes anyone", () => {
  expect(may({}, "anonymous")).toBe(true);
  expect(whyForbidden({ rule: { kind: "dynamic", value: "p" }, requestedBy: "ann" }, "ann")).toBeNull();
  expect(whyForbidden({ rule: { kind: "never" }, requestedBy: "ann" }, "ann")).toBeNull();
});

test.each([{ approvers: ["anonymous"] }, { notRequester: true }, { min: 2 }])("nobody satisfies %j", (rule) => {
  expect(["anonymous", "Anonymous", " ", "\u200B"].filter((by) => may(rule, by))).toEqual([]);
});

test("only a listed approver may answer, spelled as listed", () => {
  const rule = { approvers: ["ann", "eve"] };

  expect(["ann", "eve", "Ann", "ann ", "bob"].filter((by) => may(rule, by))).toEqual(["ann", "eve"]);
});

test("a refusal names the person and the approvers", () => {
  const why = whyForbidden({ rule: { kind: "always", approvers: ["ann", "eve"] }, requestedBy: "planner" }, "bob");

  expect(why).toBe('"bob" is none of its approvers: "ann", "eve".');
});

test("a refusal of a name in another spelling says how the approver is listed", () => {
  const why = whyForbidden({ rule: { kind: "always", approvers: ["ann", "eve"] }, requestedBy: "planner" }, "Eve ");

  expect(why).toBe('"Eve " is none of its approvers: "ann", "eve". Names are compared exactly: answer as "eve".');
});

test("the requester cannot pass by another spelling", () => {
  const passed = ["ann", "ANN", "a nn", "a\u200Dnn", "eve"].filter((by) => may({ notRequester: true }, by, "ann"));

  expect(passed).toEqual(["eve"]);
});

test("one person is enough unless the rule says more", () => {
  expect(quorum({ kind: "always" })).toBe(1);
  expect(quorum({ kind: "always", min: 3 })).toBe(3);
  expect(quorum({ kind: "dynamic", value: "p" })).toBe(1);
});

test("who asked for an earlier revision is kept out like who asked for this one", () => {
  const gate = { requestedBy: "planner", alsoAskedBy: ["Ann"] };

  const why = whyForbidden({ rule: { kind: "always", notRequester: true }, ...gate }, "ann ");

  expect(why).toBe('"ann " asked for an earlier revision of this and may not decide on it.');
  expect(whyForbidden({ rule: { kind: "always", notRequester: true }, ...gate }, "bob")).toBeNull();
  expect(whyForbidden({ rule: { kind: "always" }, ...gate }, "ann")).toBeNull();
});
