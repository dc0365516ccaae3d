import { expect, test } from "vitest";
import { stillToCome } from "../../../src/engine/still-to-come.ts";
import { decision, gateOn } from "../../helpers/gate-question.ts";

const rule = { kind: "always", approvers: ["ann", "bob", "eve"], min: 2, notRequester: true } as const;

test("an open gate waits for those who may approve and have not", () => {
  expect(stillToCome(gateOn(rule, { requestedBy: "eve" }), [decision()])).toEqual({ missing: 1, people: ["bob"] });
  expect(stillToCome(gateOn({ kind: "always" }), [])).toEqual({ missing: 1, people: null });
});

test("what nobody has opened yet waits for everybody who may approve", () => {
  const asks = { rule, requestedBy: "planner", alsoAskedBy: ["Ann"] };

  expect(stillToCome(asks, [decision({ by: "bob" })])).toEqual({ missing: 2, people: ["bob", "eve"] });
  expect(stillToCome({ ...asks, rule: { kind: "always" } }, [])).toEqual({ missing: 1, people: null });
});
