import { expect, test } from "vitest";
import { gateEnd } from "../../../src/engine/gate-end.ts";
import { decision, gateOn, MIDNIGHT, NOON } from "../../helpers/gate-question.ts";

const two = gateOn({ kind: "always", min: 2 });

test("a gate has an end once as many people approved as its rule wants, and names all of them", () => {
  const bob = decision({ decisionId: "d2", by: "bob", at: NOON });

  expect(gateEnd(two, [])).toBeNull();
  expect(gateEnd(two, [decision()])).toBeNull();
  expect(gateEnd(two, [decision(), bob])).toEqual({ decision: "approve", by: ["ann", "bob"], at: NOON });
});

test("whoever says something else ends it alone, and refused answers and those to other gates end nothing", () => {
  const rejected = decision({ decisionId: "d2", decision: "reject", by: "bob", at: NOON });
  const late = decision({ decisionId: "d3", decision: "reject", refused: "already_decided", at: MIDNIGHT });
  const elsewhere = decision({ decisionId: "d4", gate: "gate_2", by: "cy" });

  expect(gateEnd(two, [decision(), rejected, late])).toEqual({ decision: "reject", by: ["bob"], at: NOON });
  expect(gateEnd(two, [decision(), elsewhere, late])).toBeNull();
});
