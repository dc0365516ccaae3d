import { expect, test } from "vitest";
import { askersOfNext } from "../../../src/engine/askers-of-next.ts";

const ann = { agent: "planner", requestedBy: "ann" };
const draft = { status: "draft", origin: ann, alsoAskedBy: ["cy"] } as const;

test("whoever asked for a revision of a draft asks for the next one too", () => {
  expect(askersOfNext(draft, { ...ann, requestedBy: "bob" })).toEqual({
    requestedBy: "bob",
    alsoAskedBy: ["cy", "ann"],
  });
  expect(askersOfNext(draft, { ...ann, requestedBy: "planner" }).alsoAskedBy).toEqual(["cy", "ann"]);
});

test("a person who asks again is named once", () => {
  expect(askersOfNext(draft, { ...ann, requestedBy: " ANN" })).toEqual({ requestedBy: " ANN", alsoAskedBy: ["cy"] });
  expect(askersOfNext(draft, { ...ann, requestedBy: "cy" })).toEqual({ requestedBy: "cy", alsoAskedBy: ["ann"] });
});

test("a new plan, and one that takes no such revision, is asked for by nobody else", () => {
  expect(askersOfNext(null, ann)).toEqual({ requestedBy: "ann" });
  expect(askersOfNext({ ...draft, status: "rejected" }, ann)).toEqual({ requestedBy: "ann" });
  expect(askersOfNext(draft, { ...ann, agent: "bulk" })).toEqual({ requestedBy: "ann" });
});
