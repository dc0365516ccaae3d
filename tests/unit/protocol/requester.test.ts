import { expect, test } from "vitest";
import { peopleAsking, requesterKind } from "../../../src/protocol/requester.ts";

test("an agent and a program that nobody was named for are no people", () => {
  expect(requesterKind({ requestedBy: "planner", agent: "planner" })).toBe("agent");
  expect(peopleAsking({ requestedBy: "planner", alsoAskedBy: ["ann"], agent: "planner" })).toEqual(["ann"]);
  expect(peopleAsking({ requestedBy: "bob", alsoAskedBy: ["host", "ann"] })).toEqual(["bob", "ann"]);
  expect(peopleAsking({ requestedBy: "planner", agent: "planner" })).toEqual([]);
});
