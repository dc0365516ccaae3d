import { describe, expect, test } from "vitest";
import { RunId, Scope } from "../../src/protocol/ids.ts";
import type { ScopedStore } from "../../src/state/port.ts";
import { PLAN, decision, hashOf, planChange, planGate, revisionWith, toolGate } from "../helpers/plan-records.ts";
import {
  ACME,
  ROOT_CALL,
  collectEvents,
  conversation,
  finishDraft,
  newRun,
  rootClose,
  stepAttempt,
  textDraft,
} from "../helpers/state-records.ts";
import { openStore, stateStores } from "./state-store.ts";

const others = [
  Scope.parse({ tenant: "acme", workspace: "other" }),
  Scope.parse({ tenant: "globex", workspace: "main" }),
];
const { runId, threadId } = newRun();
const { turn } = stepAttempt(1);
/** The reference that every scope makes: the same kind and content have the same id everywhere. */
const SHARED = { kind: "audience", id: `ref_${hashOf(`audience${hashOf('"shared"')}`).slice(0, 24)}` };
const CHILD = stepAttempt(1, { step: "child" });

/** Writes one of everything, with ids that every scope uses and content that only `name` has. */
async function fill(scoped: ScopedStore, name: string): Promise<void> {
  const nodes = conversation(2, name);
  const head = nodes[1]?.hash ?? expect.fail();
  await scoped.runs.claim(newRun("run_1", { prompt: name, app: name }), name);
  await scoped.blobs.pin(await scoped.blobs.put(new TextEncoder().encode(name)), "holder");
  await scoped.steps.begin(stepAttempt(1));
  await scoped.log.append(runId, [textDraft("a", name)], stepAttempt(1));
  await scoped.steps.commit(CHILD, { result: name, close: rootClose({ isRoot: false, agent: "analyst", head }) });
  await scoped.steps.commit(stepAttempt(1), {
    result: name,
    nodes,
    calls: [{ callId: ROOT_CALL, step: 1, index: 0, name, args: null }],
    settle: [{ callId: ROOT_CALL, content: name, isError: false }],
    events: [finishDraft()],
    close: rootClose({ head, text: name }),
  });
  await fillPlans(scoped, name);
}

async function fillPlans({ plans, gates, references }: ScopedStore, name: string): Promise<void> {
  const reference = await references.create({ kind: "audience", value: "shared", glimpse: name, ttlMs: null });
  await plans.storeRevision({ ...revisionWith(name, [reference]), workflowId: name });
  await plans.openLedger(PLAN, [{ index: 0, kind: "refund", idempotencyKey: name }]);
  await plans.moveAction(PLAN, { index: 0, from: ["pending"], to: "done", summary: name });
  await plans.change(planChange("open", { gate: planGate(), decision: decision("d1", { by: name }) }));
  await gates.open({ ...toolGate("gate_tool"), workflowId: name, runId: RunId.parse("run_2") });
  await gates.decide("gate_tool", decision("d1", { by: name }), false);
}

/** Everything that can be read of those ids, without what differs in time. */
async function readAll(scoped: ScopedStore): Promise<unknown> {
  const thread = await scoped.threads.get(threadId);
  const head = thread?.heads["boss"];
  return {
    heads: thread?.heads,
    threads: (await scoped.threads.list({})).items.length,
    run: await scoped.runs.get(runId).then((run) => run && [run.app, run.text, run.executionId, run.lastSeq]),
    runs: (await scoped.runs.list({})).items.map((run) => run.app),
    prompt: await scoped.runs.prompt(runId).catch((error: Error) => error.message),
    turn: await scoped.runs.turn(turn).then((record) => record?.text),
    turns: (await scoped.runs.turns(runId)).length,
    call: await scoped.steps.call(turn, ROOT_CALL),
    calls: await scoped.steps.calls(turn, 1),
    runHead: await scoped.steps.runHead(runId, "analyst"),
    step: await scoped.steps.begin(stepAttempt(1)),
    events: (await scoped.log.read(runId, 0)).map((event) => (event.type === "text" ? event.text : event.type)),
    followed: (await collectEvents(scoped.log.follow(runId, 0, AbortSignal.timeout(200)))).length,
    transcript: head === undefined ? null : await scoped.transcripts.load(head),
    ...(await readPlans(scoped)),
  };
}

async function readPlans({ plans, gates, references }: ScopedStore): Promise<Record<string, unknown>> {
  return {
    plan: await plans.get(PLAN),
    plans: (await plans.list({})).items,
    revisions: await plans.revisions(PLAN),
    current: await plans.current(PLAN),
    decisions: await plans.decisions(PLAN),
    actions: await plans.actions(PLAN),
    gate: await gates.get("gate_tool"),
    planGate: await gates.get("gate_plan"),
    waiting: (await gates.waiting({})).items,
    gateDecisions: await gates.decisions("gate_tool"),
    reference: await references.get(SHARED),
    value: await references.value(SHARED).catch((error: Error) => error.message),
  };
}

describe.each(stateStores)("scopes in $name", (adapter) => {
  test("the same ids in two tenants or workspaces never meet", async () => {
    const store = await openStore(adapter.newUrl());
    await fill(store.in(ACME), "acme-main");
    const before = await readAll(store.in(ACME));

    for (const other of others) {
      const unseen = await readAll(store.in(other));
      expect(JSON.stringify(unseen)).not.toContain("acme-main");
      expect(unseen).toMatchObject({
        threads: 0,
        runs: [],
        turns: 0,
        calls: [],
        runHead: null,
        events: [],
        followed: 0,
        plan: null,
        plans: [],
        revisions: [],
        actions: [],
        waiting: [],
        reference: null,
        value: expect.stringContaining("has no reference"),
      });
    }
    for (const other of others) await fill(store.in(other), `${other.tenant}-${other.workspace}`);

    expect(await readAll(store.in(ACME))).toEqual(before);
    for (const other of others) {
      const own = JSON.stringify(await readAll(store.in(other)));
      expect(own).toContain(`${other.tenant}-${other.workspace}`);
      expect(own).not.toContain("acme-main");
    }
  });

  test("messages and values of one scope cannot be read by their hash from another, not even from memory", async () => {
    const store = await openStore(adapter.newUrl());
    const nodes = conversation(2, "secret");
    const head = nodes[1]?.hash ?? expect.fail();
    await store.in(ACME).transcripts.append(nodes);
    await store.in(ACME).transcripts.load(head);
    const blob = await store.in(ACME).blobs.put(new Uint8Array([1, 2, 3]));

    for (const other of others) {
      const scoped = store.in(other);
      await expect(scoped.transcripts.load(head)).rejects.toMatchObject({ code: "BLOB_MISSING" });
      await expect(scoped.blobs.get(blob)).rejects.toMatchObject({ code: "BLOB_MISSING" });
      await expect(scoped.blobs.pin(blob, "thief")).rejects.toMatchObject({ code: "BLOB_MISSING" });
      expect(await scoped.blobs.has(blob)).toBe(false);
      await scoped.blobs.unpin(blob, "holder");
      await scoped.runs.discard(runId);
    }
  });

  test("a pin of one scope does not keep another scope's value", async () => {
    const store = await openStore(adapter.newUrl());
    const content = new Uint8Array([1, 2, 3]);
    const hash = await store.in(ACME).blobs.put(content, { ttlMs: 1000 });
    const other = store.in(others[0] ?? expect.fail());
    await other.blobs.put(content, { ttlMs: 1000 });
    await other.blobs.pin(hash, "plan_1");

    expect(await store.collect(new Date(Date.now() + 5000))).toBe(1);

    expect(await store.in(ACME).blobs.has(hash)).toBe(false);
    expect(await other.blobs.has(hash)).toBe(true);
  });

  test("a plan that ends lets go of no other scope's references", async () => {
    const store = await openStore(adapter.newUrl());
    const [here, there] = [store.in(ACME), store.in(others[0] ?? expect.fail())];
    for (const { plans, references } of [here, there]) {
      const reference = await references.create({ kind: "audience", value: [1], glimpse: null, ttlMs: 60_000 });
      await plans.storeRevision(revisionWith("first", [reference]));
    }

    await here.plans.change(planChange("end", { status: "rejected" }));

    expect((await there.plans.get(PLAN))?.status).toBe("draft");
    expect(await store.collect(new Date(Date.now() + 120_000))).toBe(1);
  });

  test("discarding a run leaves the same run of another scope", async () => {
    const store = await openStore(adapter.newUrl());
    const other = store.in(others[1] ?? expect.fail());
    for (const scoped of [store.in(ACME), other]) {
      await scoped.runs.create(newRun());
      await scoped.log.append(runId, [textDraft("a")]);
    }

    await store.in(ACME).runs.discard(runId);

    expect(await other.runs.get(runId)).not.toBeNull();
    expect(await other.log.read(runId, 0)).toHaveLength(1);
  });
});
