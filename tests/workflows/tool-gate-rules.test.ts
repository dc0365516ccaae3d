import { expect, test } from "vitest";
import { ask } from "../helpers/crash-script.ts";
import { pay, payingApp, type PayOptions, type WatchedGates, watchGates } from "../helpers/gated-app.ts";
import { type OpenRuntime, openRuntime, type OpenRuntimeOptions } from "../helpers/open-runtime.ts";
import { ofType, readEvents, toolResults } from "../helpers/read-events.ts";
import type { RunEvent } from "../../src/protocol/event.ts";
import type { PredicateContext } from "../../src/specs/tools/tool-context.ts";

interface Waiting extends AsyncDisposable {
  readonly open: OpenRuntime;
  readonly gates: WatchedGates;
  readonly payments: readonly number[];
  readonly reading: Promise<readonly RunEvent[]>;
  readonly id: string;
}

async function waitingFor(options: PayOptions, runtime: OpenRuntimeOptions = {}): Promise<Waiting> {
  const { spec, payments } = payingApp(options);
  const open = await openRuntime(spec, runtime);
  const gates = watchGates(open);
  const reading = readEvents(open.runtime.query(JSON.stringify([pay(5), { text: "Over." }])));
  const [waiting] = await gates.untilWaiting(1);
  return {
    open,
    gates,
    payments,
    reading,
    id: waiting?.gate.id ?? "",
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  };
}

test("a tool's own predicate decides per call, with the checked arguments and the call's context", async () => {
  const seen: PredicateContext[] = [];
  const { spec, payments } = payingApp({
    approval: ({ amount }, context) => {
      seen.push(context);
      return amount > 100;
    },
  });
  await using open = await openRuntime(spec, { services: { desk: 1 } });
  const gates = watchGates(open);
  const run = open.runtime.query(JSON.stringify([{ tools: [pay(5), pay(500)] }, { text: "Over." }]));
  const reading = readEvents(run);
  const [waiting] = await gates.untilWaiting(1);
  await expect.poll(() => payments).toEqual([5]);
  expect(waiting?.gate).toMatchObject({ rule: { kind: "dynamic", value: "tool:pay" } });
  expect(waiting?.gate.reason).toBeUndefined();
  expect(seen[0]).toMatchObject({ tenant: "acme", runId: run.runId, agent: "boss", services: { desk: 1 } });

  await open.runtime.respondToApproval(waiting?.gate.id ?? "", { decision: "approve", by: "ann" });

  expect(ofType(await reading, "approval-required")).toHaveLength(1);
  expect(payments).toEqual([5, 500]);
});

const BROKEN: readonly (readonly [string, (() => unknown) | undefined, string])[] = [
  ["throws", () => Promise.reject(new Error("no connection")), 'predicate "big" failed: no connection'],
  ["returns no boolean", () => "no", 'predicate "big" returned string instead of a boolean'],
  ["returns nothing", () => undefined, 'predicate "big" returned undefined instead of a boolean'],
  ["is missing", undefined, 'predicate "big" is not known to this worker'],
];

test.each(BROKEN)("a predicate that %s leaves the call to a person and says so", async (_, predicate, reason) => {
  const approval = { kind: "dynamic", value: "big" } as const;
  // What a JavaScript program could bring.
  const approvalPredicates = predicate === undefined ? {} : { big: predicate as () => boolean };
  await using waiting = await waitingFor({ approval }, { approvalPredicates });
  const { open, gates, payments, reading, id } = waiting;

  expect((await gates.get(id))?.gate.reason).toBe(reason);
  expect(payments).toEqual([]);
  await open.runtime.respondToApproval(id, { decision: "approve", by: "ann" });

  expect(ofType(await reading, "approval-required")[0]?.title).toContain(reason);
  expect(payments).toEqual([5]);
});

test("two people must approve, the same one counts once, and the agent that asked may not", async () => {
  await using waiting = await waitingFor({ approval: { kind: "always", min: 2, notRequester: true } });
  const { open, gates, payments, reading, id } = waiting;
  const approve = (by: string): Promise<unknown> => open.runtime.respondToApproval(id, { decision: "approve", by });

  expect(await approve("boss")).toMatchObject({ kind: "refused", code: "forbidden" });
  expect(await approve("ann")).toMatchObject({ kind: "counted", status: "draft", waitsForMore: true });
  expect(await approve("Ann ")).toMatchObject({ kind: "refused", code: "already_decided" });
  expect(payments).toEqual([]);
  expect(await approve("bo")).toMatchObject({ kind: "counted", status: "approved", waitsForMore: false });

  expect(ofType(await reading, "approval-decision").map(({ by }) => by)).toEqual(["ann", "bo"]);
  expect(payments).toEqual([5]);
  expect((await gates.decisions(id)).map(({ by, refused }) => [by, refused])).toEqual([
    ["boss", "forbidden"],
    ["ann", null],
    ["Ann ", "already_decided"],
    ["bo", null],
  ]);
});

test.each(["reject", "expire"] as const)("a call nobody decides on in time is not run (%s)", async (onExpire) => {
  const approval = { kind: "always", expiresInMs: 400, onExpire } as const;
  await using waiting = await waitingFor({ approval });
  const { open, gates, payments, reading, id } = waiting;

  const events = await reading;
  const late = await open.runtime.respondToApproval(id, { decision: "approve", by: "ann" });

  expect(toolResults(events)).toMatchObject([{ tool: "pay", isError: true }]);
  expect(toolResults(events)[0]?.result).toContain("APPROVAL_EXPIRED");
  expect(ofType(events, "approval-decision")).toMatchObject([{ decision: "expire", by: "timer" }]);
  expect(late).toMatchObject({ kind: "refused", code: "expired" });
  expect((await gates.decisions(id)).map(({ authn, refused }) => [authn, refused])).toEqual([
    ["timer", null],
    ["none", "expired"],
  ]);
  expect(payments).toEqual([]);
});

test("rubbish, a foreign gate, other content and an expiry before its time change nothing and are on record", async () => {
  await using waiting = await waitingFor({ approval: { kind: "always", expiresInMs: 60_000 } });
  const { open, gates, payments, reading, id } = waiting;
  const { workflowId } = (await gates.get(id)) ?? expect.fail();
  const handle = open.session.client.workflow.getHandle(workflowId);
  const answer = (given: unknown): Promise<unknown> => handle.executeUpdate("respond", { args: [given] });

  expect(await answer("yes")).toMatchObject({ kind: "refused", code: "forbidden" });
  expect(await answer({ decision: "approve", gate: "gate_of_another" })).toMatchObject({ code: "gate_mismatch" });
  expect(await answer({ decision: "approve", contentHash: "0".repeat(64) })).toMatchObject({
    code: "plan_hash_mismatch",
  });
  expect(await answer({ decision: "expire", gate: id })).toMatchObject({ kind: "refused", code: "forbidden" });
  expect(payments).toEqual([]);
  await handle.signal("approve", 7, "extra");

  await reading;
  expect(payments).toEqual([5]);
  expect((await gates.decisions(id)).map(({ refused }) => refused)).toEqual([
    "gate_mismatch",
    "plan_hash_mismatch",
    "forbidden",
    null,
  ]);
});

test("where the floor asks about every tool, calling another agent is asked about too, and its gate is the caller's", async () => {
  const { spec, payments } = payingApp({ toolFloor: "always" });
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const script = [ask("teller", pay(7), { text: "Paid." }), { text: "Over." }];
  const reading = readEvents(open.runtime.query(JSON.stringify(script)));
  const [routing] = await gates.untilWaiting(1);
  expect(routing?.gate).toMatchObject({ requestedBy: "boss", subject: { tool: "call_agent" } });

  await open.runtime.respondToApproval(routing?.gate.id ?? "", { decision: "approve" });
  await expect.poll(async () => (await gates.waiting())[0]?.gate.requestedBy).toBe("teller");
  const [paying] = await gates.waiting();
  await open.runtime.respondToApproval(paying?.gate.id ?? "", { decision: "reject", by: "ann" });

  const events = await reading;
  expect(ofType(events, "approval-required").map(({ tool }) => tool)).toEqual(["call_agent", "pay"]);
  expect(ofType(events, "finish")).toMatchObject([{ text: "Over." }]);
  expect(payments).toEqual([]);
});

test("an agent that nobody lets be called answers with the note and never begins", async () => {
  const { spec } = payingApp({ toolFloor: "always" });
  await using open = await openRuntime(spec);
  const gates = watchGates(open);
  const script = [ask("teller", { text: "Never." }), { text: "Over." }];
  const run = open.runtime.query(JSON.stringify(script));
  const reading = readEvents(run);
  const [routing] = await gates.untilWaiting(1);

  await open.runtime.respondToApproval(routing?.gate.id ?? "", { decision: "reject", by: "ann", note: "ask me first" });

  const results = ofType(await reading, "tool-agent").filter(({ state }) => state === "result");
  expect(results).toMatchObject([{ isError: true, result: expect.stringContaining("ask me first") }]);
  expect(ofType(await reading, "step-start").filter(({ turn }) => turn !== run.runId)).toEqual([]);
});
