import { expect, test } from "vitest";
import { gateRows, progressText } from "../../../../src/cli/text/gate-lines.ts";
import { gateProgress } from "../../../../src/engine/gate-progress.ts";
import { decision, gateOn, MIDNIGHT } from "../../../helpers/gate-question.ts";

test("a gate tells its whole rule, who answered, who is still to come, and what was refused", () => {
  const rule = { kind: "always", approvers: ["ann", "b\u001bob"], min: 2, notRequester: true } as const;
  const gate = gateOn(rule, { requestedBy: "cy", deadline: MIDNIGHT, reason: "it failed" });
  const refused = [decision({ by: "di", refused: "forbidden" }), decision({ by: "ed", refused: "forbidden" })];

  expect(gateRows(gate, [decision(), ...refused])).toEqual([
    ["asked by", "cy, who may not answer"],
    ["because", "it failed"],
    ["approvers", "ann, b\\x1bob"],
    ["needed", "2 different people"],
    ["approved", "1 of 2 (ann); still to come: b\\x1bob"],
    ["until", MIDNIGHT],
    ["refused", "2 answers were refused (bridle plans show p --audit)"],
  ]);
});

test("a rule that names nobody says so, and nothing is told of refusals when there is none", () => {
  expect(gateRows(gateOn({ kind: "always" }, { requestedBy: "cy" }), [])).toEqual([
    ["asked by", "cy, who may answer"],
    ["approvers", "anybody"],
    ["needed", "1 person"],
    ["approved", "0 of 1"],
    ["until", "no deadline"],
  ]);
});

test("of more people than are needed, any will do", () => {
  const rule = { kind: "always", approvers: ["ann", "bob", "cy"], min: 2 } as const;

  expect(progressText(gateProgress(gateOn(rule), [decision()]))).toBe("1 of 2 (ann); still to come: 1 of bob, cy");
});

test("who asked is told with the agent that did it, and where no person is known a rule about them says so", () => {
  const rule = { kind: "always", notRequester: true } as const;
  const asked = (gate: Parameters<typeof gateRows>[0]): string | undefined => gateRows(gate, [])[0]?.[1];

  expect(asked(gateOn(rule, { requestedBy: "c\u001by", agent: "planner" }))).toBe(
    "c\\x1by through planner, who may not answer",
  );
  expect(asked(gateOn(rule, { requestedBy: "planner", agent: "planner" }))).toBe(
    "planner (an agent); no person is known as requester",
  );
  expect(asked(gateOn(rule, { requestedBy: "host" }))).toBe("host (a program); no person is known as requester");
  expect(asked(gateOn({ kind: "always" }, { requestedBy: "planner", agent: "planner" }))).toBe("planner (an agent)");
});

test("a gate that opened under another rule says that too few are left who may approve it", () => {
  const rule = { kind: "always", approvers: ["ann", "bob"], min: 2, notRequester: true } as const;

  expect(progressText(gateProgress(gateOn(rule, { requestedBy: "bob" }), []))).toBe(
    "0 of 2; too few who may approve are left: ann",
  );
  expect(progressText(gateProgress(gateOn(rule, { requestedBy: "bob" }), [decision()]))).toBe(
    "1 of 2 (ann); too few who may approve are left: nobody",
  );
});

test("who asked for an earlier revision is named, and that the rule keeps them out", () => {
  const gate = { requestedBy: "planner", agent: "planner", alsoAskedBy: ["a\u0007nn", "bob"] };
  const asked = (rule: Parameters<typeof gateOn>[0]): string | undefined => gateRows(gateOn(rule, gate), [])[0]?.[1];

  expect(asked({ kind: "always", notRequester: true })).toBe(
    "planner (an agent); earlier revisions by a\\x07nn, bob: a\\x07nn, bob may not answer",
  );
  expect(asked({ kind: "always" })).toBe("planner (an agent); earlier revisions by a\\x07nn, bob");
});
