import { expect, test } from "vitest";
import { executeRequest, requestIdOf } from "../../../src/engine/execute-request.ts";

const waiter = { workflowId: "acme/main/thread/t", runId: "run_1", turn: "run_1/boss/1", agent: "boss", callId: "c1" };

test("a request of a turn is taken as it is, without what does not belong", () => {
  const given = { requestId: "run_1:c1", waiter: { ...waiter, more: 1 }, more: 2 };

  expect(executeRequest(given)).toEqual({ requestId: "run_1:c1", waiter });
});

test("what a person sends by hand is one request, however often it comes", () => {
  const sent = [undefined, null, "yes", 7, {}, { requestId: "" }, { requestId: 7, waiter: null }];

  expect(new Set(sent.map((given) => executeRequest(given)?.requestId)).size).toBe(1);
});

test.for([
  ["no object", "me"],
  ["an empty workflow id", { ...waiter, workflowId: "" }],
  ["a workflow id longer than a server takes", { ...waiter, workflowId: "w".repeat(1_001) }],
  ["a run id that is none", { ...waiter, runId: "no good!" }],
  ["a run id that is too long", { ...waiter, runId: "r".repeat(121) }],
  ["no turn", { ...waiter, turn: undefined }],
  ["an agent that is no text", { ...waiter, agent: 7 }],
  ["an endless call id", { ...waiter, callId: "c".repeat(201) }],
] as const)("a request whose waiter has %s is none", ([, wrong]) => {
  expect(executeRequest({ requestId: "r", waiter: wrong })).toBeNull();
});

test("only a request that has an id can be taken back", () => {
  expect(requestIdOf({ requestId: "r" })).toBe("r");
  expect([undefined, null, {}, { requestId: "" }, { requestId: 7 }].map(requestIdOf)).toEqual(Array(5).fill(null));
});
