import { expect, test } from "vitest";
import { Output } from "../../../../src/cli/output/output.ts";
import { tellEvent } from "../../../../src/cli/text/follow-run.ts";
import { EventBody, EventHead, type RunEvent } from "../../../../src/protocol/event.ts";

function event(seq: number, body: object, turn = "r1"): RunEvent {
  const head = { runId: "r1", seq, cursor: `r1#${seq}`, at: "2026-01-01T00:00:00.000Z", turn, agent: "boss" };
  return { ...EventHead.parse(head), ...EventBody.parse(body) };
}

function tell(events: readonly RunEvent[]): { out: string; err: string } {
  const written = { out: "", err: "" };
  const plain = (_format: unknown, text: string): string => text;
  const output = new Output({
    mode: "text",
    isQuiet: false,
    isVerbose: false,
    stdout: { write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
    style: { stdout: plain, stderr: plain },
    secrets: [],
  });
  events.forEach(tellEvent(output, "r1"));
  output.done(0);
  return written;
}

test("the root's text is the answer; what others say and do is told beside it", () => {
  const { out, err } = tell([
    event(1, { type: "text", step: 1, attempt: 1, text: "Let me " }),
    event(2, { type: "text", step: 1, attempt: 1, text: "look." }),
    event(3, { type: "tool-invocation", state: "call", toolInvocationId: "c1", toolName: "add", args: { a: 1 } }),
    event(4, { type: "text", step: 1, attempt: 1, text: "inner words" }, "r1/helper/1"),
    event(5, { type: "text", step: 2, attempt: 1, text: "Two." }),
  ]);

  expect(out).toBe("Let me look.\nTwo.\n");
  expect(err).toBe('boss: -> add {"a":1}\n');
});

test("text that a retry drops is marked, and the new attempt follows", () => {
  const reason = { code: "MODEL_OVERLOADED", message: "busy" };

  const { out } = tell([
    event(1, { type: "text", step: 1, attempt: 1, text: "Half an ans" }),
    event(2, { type: "step-retry", step: 1, supersededAttempt: 1, reason }),
    event(3, { type: "text", step: 1, attempt: 2, text: "The answer." }),
  ]);

  expect(out).toBe("Half an ans\n[the text above was dropped: MODEL_OVERLOADED; trying again]\nThe answer.\n");
});

test("a call that is made again is told before its progress, which says its attempt", () => {
  const add = { toolInvocationId: "c1", toolName: "add" };
  const half = { ...add, type: "tool-progress", progress: { done: 1 } };

  const { err } = tell([
    event(1, { ...half, attempt: 1 }),
    event(2, { ...add, type: "tool-retry", supersededAttempt: 1 }),
    event(3, { ...half, attempt: 2 }),
  ]);

  expect(err).toBe('boss: .. add: {"done":1}\nboss: -> add again\nboss: .. add, attempt 2: {"done":1}\n');
});

test("a plan's state stands before other words for it, and who decided is named as the one who did", () => {
  const plan = { type: "plan-status", planId: "p1", revision: 1, planHash: "a".repeat(64) };
  const decided = { type: "approval-decision", gate: "g", decision: "reject", by: "ann", note: "too dear" };

  const { err } = tell([
    event(1, { ...plan, status: "draft", display: "pending_approval" }),
    event(2, decided),
    event(3, { ...plan, status: "rejected" }),
  ]);

  expect(err.split("\n")).toEqual([
    "boss: plan p1, revision 1: draft (pending_approval)",
    "ann: decided: reject: too dear",
    "boss: plan p1, revision 1: rejected",
    "",
  ]);
});

test("names of tools cannot move the cursor", () => {
  const call = { type: "tool-invocation", state: "call", toolInvocationId: "c1", toolName: "x\u001b[2J", args: {} };

  expect(tell([event(1, call)]).err).toBe("boss: -> x\\x1b[2J {}\n");
});
