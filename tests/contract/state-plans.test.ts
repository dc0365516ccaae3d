import { describe, expect, test } from "vitest";
import { RunId } from "../../src/protocol/ids.ts";
import { PLAN_REQUESTERS } from "../../src/protocol/limits/plan.ts";
import { type ActionPreview, PlanId } from "../../src/protocol/plan.ts";
import type { ActionMove, NewRevision, RevisionStored } from "../../src/state/plan-port.ts";
import { ANY_STATUS, PLAN, decision, hashOf, newRevision, planChange, planGate } from "../helpers/plan-records.ts";
import { ACME, finishDraft, newRun, rootClose, stepAttempt, textDraft, texts } from "../helpers/state-records.ts";
import { openStore, stateStores } from "./state-store.ts";

const { runId } = newRun();

describe.each(stateStores)("plans in $name", (adapter) => {
  test("a plan goes from draft to executed and keeps what it was told", async () => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);
    const { plan: draft } = await plans.storeRevision(newRevision("first"));

    await plans.change(planChange("open", { gate: planGate() }));
    await plans.change(planChange("approve", { status: "approved", decision: decision("d1", { note: "nul \0" }) }));
    await plans.change(planChange("start", { from: ["approved"], status: "executing", fence: 3 }));
    const result = { entitiesAffected: 3_000_000_000, summary: "done \0" };
    const end = await plans.change(planChange("end", { from: ["executing"], status: "executed", gate: null, result }));

    expect(draft).toMatchObject({ planId: PLAN, status: "draft", revision: 1, fence: 0, gate: null, error: null });
    expect(end).toMatchObject({ kind: "applied", plan: { status: "executed", gate: null, fence: 3, result } });
    expect(await plans.get(PLAN)).toEqual(end.plan);
    expect(end.plan.createdAt).toBe(draft.createdAt);
    expect(end.plan.origin).toEqual(newRevision("first").origin);
    expect(await plans.decisions(PLAN)).toEqual([decision("d1", { note: "nul \0" })]);
  });

  test("a failure keeps its error", async () => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);
    await plans.storeRevision(newRevision("first"));
    const error = { code: "TOOL_FAILED", message: "no \0 such order", hint: "look" } as const;

    const { plan } = await plans.change(planChange("end", { status: "failed", error }));

    expect(plan.error).toEqual(error);
    expect((await plans.get(PLAN))?.error).toEqual(error);
  });

  test("a change stores the next revision with its decision and its end, or nothing of them", async () => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);
    await plans.storeRevision(newRevision("first"));
    await plans.change(planChange("open", { gate: planGate() }));
    const revision = { ...newRevision("second", { editedBy: "bob" }), number: 2 };
    const edit = decision("d1", { decision: "edit", contentHash: hashOf("second"), revision: 2 });
    const change = { status: "approved", gate: null, approvedGate: planGate(), decision: edit, revision } as const;

    const other = await plans.change(planChange("other", { ...change, planHash: hashOf("zeroth") }));
    const skipping = await plans.change(planChange("skipping", { ...change, revision: { ...revision, number: 3 } }));
    const untouched = await plans.revisions(PLAN);
    const edited = await plans.change(planChange("edit", { ...change, planHash: hashOf("first") }));
    const again = await plans.change(planChange("edit", { ...change, planHash: hashOf("first") }));

    expect([other.kind, skipping.kind, edited.kind, again.kind]).toEqual(["conflict", "conflict", "applied", "again"]);
    expect(untouched).toHaveLength(1);
    expect(edited.plan).toMatchObject({ status: "approved", revision: 2, planHash: hashOf("second"), gate: null });
    expect(edited.plan.approvedGate).toEqual(planGate());
    expect(await plans.current(PLAN)).toMatchObject({ revision: 2, editedBy: "bob", document: { text: "second" } });
    expect(await plans.revisions(PLAN)).toHaveLength(2);
    expect(await plans.decisions(PLAN)).toEqual([edit]);
  });

  test("a plan takes no revision of another app, not even the same content", async () => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);
    const { plan } = await plans.storeRevision(newRevision("first"));
    const origin = { ...newRevision("first").origin, app: "other" };

    const same = await plans.storeRevision(newRevision("first", { origin }));
    const next = await plans.storeRevision(newRevision("second", { origin }));

    expect([same.kind, next.kind]).toEqual(["other-app", "other-app"]);
    expect(await plans.get(PLAN)).toEqual(plan);
  });

  test("a plan takes no revision of another agent, nor of a program, not even the same content", async () => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);
    const { plan } = await plans.storeRevision(newRevision("first"));

    const kinds: string[] = [];
    for (const agent of ["bulk", null])
      for (const text of ["first", "second"]) {
        const origin = { ...newRevision(text).origin, agent };
        kinds.push((await plans.storeRevision(newRevision(text, { origin }))).kind);
      }

    expect(kinds).toEqual(Array.from({ length: 4 }, () => "other-agent"));
    expect(await plans.get(PLAN)).toEqual(plan);
  });

  test("whoever asked for a revision is on record with it, and stays on the plan's, up to a number of people", async () => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);
    const askedBy = (requestedBy: string): NewRevision["origin"] => ({ ...newRevision("a").origin, requestedBy });
    for (const [index, name] of ["ann", "b\0b", "ann", "boss"].entries())
      await plans.storeRevision(newRevision(`text ${index}`, { origin: askedBy(name) }));
    const edit = { ...newRevision("edited", { origin: askedBy("boss"), editedBy: "eve" }), number: 5 };
    await plans.change(planChange("edit", { planHash: hashOf("text 3"), revision: edit }));

    expect(await plans.get(PLAN)).toMatchObject({ origin: { requestedBy: "boss" }, alsoAskedBy: ["b\0b", "ann"] });
    const asked = (await plans.revisions(PLAN)).map(({ requestedBy, agent }) => [requestedBy, agent]);
    expect(asked).toEqual(["ann", "b\0b", "ann", "boss", "boss"].map((name) => [name, "boss"]));
    const store = (name: string): Promise<RevisionStored> =>
      plans.storeRevision(newRevision(name, { origin: askedBy(name) }));
    for (let count = 3; count < PLAN_REQUESTERS; count++) await store(`person ${count}`);
    expect((await store("one more")).kind).toBe("too-many-askers");
    expect((await store("ann")).plan.alsoAskedBy).toHaveLength(PLAN_REQUESTERS - 1);
  });

  test("a store of an older version says who asked for a plan's last revision, and nothing of the ones before", async () => {
    const url = adapter.newUrl();
    const old = await openStore(url);
    await old.in(ACME).plans.storeRevision(newRevision("first"));
    await old
      .in(ACME)
      .plans.storeRevision(newRevision("second", { origin: { ...newRevision("a").origin, requestedBy: "b\0b" } }));
    await old.close();
    await adapter.execute(url, "alter table plans drop column also_asked_by");
    for (const column of ["requested_by", "agent"])
      await adapter.execute(url, `alter table plan_revisions drop column ${column}`);
    await adapter.execute(url, "delete from migrations where version = 6");
    if (adapter.name === "sqlite") await adapter.execute(url, "pragma user_version = 5");

    const { plans } = (await openStore(url)).in(ACME);

    expect(await plans.get(PLAN)).toMatchObject({ origin: { requestedBy: "b\0b" }, alsoAskedBy: [] });
    expect(await plans.revisions(PLAN)).toMatchObject([
      { requestedBy: null, agent: null },
      { requestedBy: "b\0b", agent: "boss" },
    ]);
    const { plan } = await plans.storeRevision(newRevision("third"));
    expect(plan.alsoAskedBy).toEqual(["b\0b"]);
  });

  test("a gate of content that was replaced and came back is not the gate of the plan", async () => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);
    for (const text of ["first", "second", "first"]) await plans.storeRevision(newRevision(text));
    const planHash = hashOf("first");

    const opened = await plans.change(planChange("open", { planHash, gate: planGate() }));
    const approved = { planHash, status: "approved", approvedGate: planGate() } as const;
    const closed = await plans.change(planChange("approve", approved));

    expect([opened.kind, closed.kind]).toEqual(["conflict", "conflict"]);
    expect(await plans.get(PLAN)).toMatchObject({ status: "draft", revision: 3, gate: null, approvedGate: null });
  });

  test("a change with a known key does nothing again, even from another process", async () => {
    const url = adapter.newUrl();
    const { plans } = (await openStore(url)).in(ACME);
    const other = (await openStore(url)).in(ACME);
    await plans.storeRevision(newRevision("first"));
    const change = planChange("approve \0", { status: "approved", decision: decision("d1") });

    const first = await plans.change(change);
    const again = await other.plans.change(change);

    expect([first.kind, again.kind]).toEqual(["applied", "again"]);
    expect(again.plan).toEqual(first.plan);
    expect(await plans.decisions(PLAN)).toHaveLength(1);
  });

  test("a change from another status is a conflict that writes nothing", async () => {
    const { plans, runs, log } = (await openStore(adapter.newUrl())).in(ACME);
    await runs.create(newRun());
    await plans.storeRevision(newRevision("first"));
    const change = planChange("start", {
      from: ["approved"],
      status: "executing",
      decision: decision("d1"),
      events: [textDraft("start")],
    });

    const conflict = await plans.change(change);

    expect(conflict).toMatchObject({ kind: "conflict", plan: { status: "draft" } });
    expect(await plans.decisions(PLAN)).toEqual([]);
    expect(await log.read(runId, 0)).toEqual([]);
    await plans.change(planChange("approve", { status: "approved" }));
    expect((await plans.change(change)).kind).toBe("applied");
  });

  test("of many decisions at once from two processes one counts", async () => {
    const url = adapter.newUrl();
    const stores = [(await openStore(url)).in(ACME), (await openStore(url)).in(ACME)];
    const plans = stores[0]?.plans ?? expect.fail();
    await plans.storeRevision(newRevision("first"));

    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const status = index % 3 === 0 ? "rejected" : "approved";
        const change = planChange(`decide ${index}`, { status, decision: decision(`d${index}`) });
        return (stores[index % 2] ?? expect.fail()).plans.change(change);
      }),
    );

    const applied = outcomes.filter((outcome) => outcome.kind === "applied");
    expect(applied).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.kind === "conflict")).toHaveLength(9);
    expect((await plans.get(PLAN))?.status).toBe(applied[0]?.plan.status);
    expect(await plans.decisions(PLAN)).toHaveLength(1);
  });

  test.each(["executed", "failed", "rejected", "expired"] as const)("what is %s never reopens", async (final) => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);
    await plans.storeRevision(newRevision("first"));
    const { plan } = await plans.change(planChange("end", { status: final }));

    for (const status of ANY_STATUS.filter((other) => other !== final)) {
      const change = planChange(`to ${status}`, { from: ANY_STATUS, status });
      expect((await plans.change(change)).kind).toBe("conflict");
    }
    const counted = planChange("late", { from: ANY_STATUS, decision: decision("d1") });
    expect((await plans.change(counted)).kind).toBe("conflict");
    const gate = planChange("gate", { from: ANY_STATUS, gate: planGate() });
    expect((await plans.change(gate)).kind).toBe("conflict");
    expect((await plans.storeRevision(newRevision("second"))).kind).toBe("not-draft");

    expect(await plans.get(PLAN)).toEqual(plan);
    const refused = planChange("refused", {
      from: ANY_STATUS,
      decision: decision("d2", { refused: "already_decided" }),
    });
    expect((await plans.change(refused)).kind).toBe("applied");
    expect((await plans.decisions(PLAN)).map((record) => record.decisionId)).toEqual(["d2"]);
    expect((await plans.get(PLAN))?.status).toBe(final);
  });

  test("events of a change reach the run in the same order, once, and wake its readers", async () => {
    const { plans, runs, log } = (await openStore(adapter.newUrl())).in(ACME);
    await runs.create(newRun());
    await runs.create(newRun("run_2"));
    await plans.storeRevision(newRevision("first"));
    const follower = log.follow(runId, 0)[Symbol.asyncIterator]();
    const woken = follower.next();

    await plans.change(planChange("one", { events: [textDraft("a"), textDraft("b")] }));
    await plans.change(planChange("one", { events: [textDraft("a"), textDraft("b")] }));
    await plans.change(planChange("two", { events: [textDraft("c")], eventsRun: RunId.parse("run_2") }));

    expect(texts([(await woken).value])).toEqual(["a"]);
    await follower.return?.();
    expect(texts(await log.read(runId, 0))).toEqual(["a", "b"]);
    expect(texts(await log.read(RunId.parse("run_2"), 0))).toEqual(["c"]);
    expect((await runs.get(runId))?.lastSeq).toBe(2);
  });

  test("a plan changes without its events when the run ended, is unknown or never was", async () => {
    const { plans, runs, steps, log } = (await openStore(adapter.newUrl())).in(ACME);
    await runs.claim(newRun(), "execution_1");
    await steps.commit(stepAttempt(1), { result: null, events: [finishDraft()], close: rootClose() });
    await plans.storeRevision(newRevision("first"));
    const hosted = PlanId.parse("plan_host");
    const origin = { app: "acme", runId: null, turn: null, agent: null, requestedBy: "host" };
    await plans.storeRevision(newRevision("hosted", { planId: hosted, origin }));

    const ended = await plans.change(planChange("one", { events: [textDraft("a")] }));
    const unknown = await plans.change(
      planChange("two", { events: [textDraft("a")], eventsRun: RunId.parse("run_9") }),
    );
    const none = await plans.change(planChange("one", { planId: hosted, events: [textDraft("a")] }));

    expect([ended.kind, unknown.kind, none.kind]).toEqual(["applied", "applied", "applied"]);
    expect(texts(await log.read(runId, 0))).toEqual([]);
  });

  test("revisions count up, the same content is the same revision, and a new one takes the gate away", async () => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);
    const large = newRevision("x\0é".repeat(20_000), { editedBy: "bob" });

    const kinds = [
      (await plans.storeRevision(newRevision("first"))).kind,
      (await plans.storeRevision(newRevision("first"))).kind,
    ];
    await plans.change(planChange("open", { gate: planGate(), fence: 4 }));
    const second = await plans.storeRevision(large);

    expect(kinds).toEqual(["stored", "same"]);
    expect(second).toMatchObject({ kind: "stored", plan: { revision: 2, gate: null, fence: 4, status: "draft" } });
    expect(second.plan).toEqual(await plans.get(PLAN));
    const revisions = await plans.revisions(PLAN);
    expect(revisions).toMatchObject([
      { revision: 1, planHash: hashOf("first"), document: { text: "first" }, editedBy: null },
      { revision: 2, planHash: large.planHash, body: large.body, document: large.document, editedBy: "bob" },
    ]);
    expect(await plans.current(PLAN)).toEqual(revisions[1]);
  });

  test("the same content again keeps the gate, and a plan that is decided takes no revision", async () => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);
    await plans.storeRevision(newRevision("first"));
    await plans.change(planChange("open", { gate: planGate() }));

    const same = await plans.storeRevision(newRevision("first"));
    await plans.change(planChange("approve", { status: "approved" }));
    const late = await plans.storeRevision(newRevision("second"));

    expect(same).toMatchObject({ kind: "same", plan: { gate: planGate() } });
    expect(late).toMatchObject({ kind: "not-draft", plan: { status: "approved", revision: 1 } });
    expect(await plans.revisions(PLAN)).toHaveLength(1);
  });

  test("revisions stored at once from two processes get numbers without gaps", async () => {
    const url = adapter.newUrl();
    const stores = [(await openStore(url)).in(ACME), (await openStore(url)).in(ACME)];

    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (stores[index % 2] ?? expect.fail()).plans.storeRevision(newRevision(`text ${index}`)),
      ),
    );

    const revisions = (await stores[0]?.plans.revisions(PLAN)) ?? [];
    expect(revisions.map((revision) => revision.revision)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Set(revisions.map((revision) => revision.planHash)).size).toBe(8);
  });

  test("what does not exist reads as nothing and cannot be changed", async () => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);

    expect(await plans.get(PLAN)).toBeNull();
    expect(await plans.current(PLAN)).toBeNull();
    expect([await plans.revisions(PLAN), await plans.decisions(PLAN), await plans.actions(PLAN)]).toEqual([[], [], []]);
    await expect(plans.change(planChange("one"))).rejects.toMatchObject({ code: "PLAN_UNKNOWN" });
    await expect(plans.openLedger(PLAN, [])).rejects.toMatchObject({ code: "PLAN_UNKNOWN" });
  });

  test("lists are newest first, filtered, and paged without gaps", async () => {
    const url = adapter.newUrl();
    const { plans } = (await openStore(url)).in(ACME);
    for (const name of ["plan_a", "plan_b", "plan_c", "plan_d", "plan_e"])
      await plans.storeRevision(newRevision(name, { planId: PlanId.parse(name) }));
    await adapter.execute(url, "update plans set created_at = '2026-01-01T00:00:00.000Z' where plan_id > 'plan_b'");
    await plans.change(planChange("end", { planId: PlanId.parse("plan_c"), status: "rejected" }));

    const names: string[] = [];
    for (let after: string | null = ""; after !== null;) {
      const page = await plans.list({ limit: 2, ...(after === "" ? {} : { after }) });
      names.push(...page.items.map((plan) => plan.planId));
      after = page.next;
    }

    expect(names).toEqual(["plan_b", "plan_a", "plan_e", "plan_d", "plan_c"]);
    expect((await plans.list({ status: "rejected" })).items.map((plan) => plan.planId)).toEqual(["plan_c"]);
    expect((await plans.list({ runId })).items).toHaveLength(5);
    expect((await plans.list({ runId: RunId.parse("run_9") })).items).toEqual([]);
  });

  test("a ledger opens once, and its lines move only from where they are expected", async () => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);
    await plans.storeRevision(newRevision("first"));
    const lines = Array.from({ length: 450 }, (_, index) => ({
      index,
      kind: "refund",
      idempotencyKey: `key \0 ${index}`,
    }));

    await Promise.all([plans.openLedger(PLAN, lines), plans.openLedger(PLAN, lines)]);
    await plans.openLedger(PLAN, [{ index: 900, kind: "other", idempotencyKey: "k" }]);
    const actions = await plans.actions(PLAN);
    const refused = await plans.moveAction(PLAN, { index: 7, from: ["intent"], to: "done" });
    const intent = await plans.moveAction(PLAN, { index: 7, from: ["pending"], to: "intent", attempts: 1 });
    const retry = await plans.moveAction(PLAN, { index: 7, from: ["intent"], to: "intent", attempts: 2 });
    const error = { code: "TOOL_FAILED", message: "no" } as const;
    const outcome = { entitiesAffected: 2, summary: "two \0", details: { rows: [1, null] }, error };
    const failed = await plans.moveAction(PLAN, { index: 7, from: ["intent"], to: "failed", ...outcome });

    expect(actions.map((action) => action.index)).toEqual(lines.map((line) => line.index));
    expect(actions[7]).toMatchObject({ state: "pending", attempts: 0, idempotencyKey: "key \0 7", at: null });
    expect(refused).toEqual({ moved: false, action: actions[7] });
    expect(intent).toMatchObject({ moved: true, action: { state: "intent", attempts: 1, at: expect.any(String) } });
    expect(retry.action).toEqual({ ...intent.action, attempts: 2 });
    expect(failed.action).toMatchObject({ state: "failed", attempts: 2, ...outcome });
    expect((await plans.actions(PLAN))[7]).toEqual(failed.action);
    await expect(plans.moveAction(PLAN, { index: 999, from: ["pending"], to: "done" })).rejects.toThrow(
      "no action 999",
    );
  });

  test("several lines move together, or none of them does", async () => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);
    await plans.storeRevision(newRevision("first"));
    await plans.openLedger(
      PLAN,
      [0, 1, 2].map((index) => ({ index, kind: "refund", idempotencyKey: `k${index}` })),
    );
    const intent = (index: number): ActionMove => ({
      index,
      from: ["pending"],
      to: "intent",
      ifAttempts: 0,
      attempts: 1,
    });

    await plans.moveActions(PLAN, [intent(0), intent(1)]);
    await expect(plans.moveActions(PLAN, [intent(2), intent(1)])).rejects.toMatchObject({
      code: "STEP_SUPERSEDED",
      retryable: true,
    });
    const stale = { index: 0, from: ["intent"], to: "done", ifAttempts: 7 } as const;
    await expect(plans.moveActions(PLAN, [stale])).rejects.toMatchObject({ code: "STEP_SUPERSEDED" });
    await plans.moveActions(PLAN, []);

    expect((await plans.actions(PLAN)).map(({ state, attempts }) => [state, attempts])).toEqual([
      ["intent", 1],
      ["intent", 1],
      ["pending", 0],
    ]);
  });

  test("the first previews of a revision stay, and each revision has its own", async () => {
    const { plans } = (await openStore(adapter.newUrl())).in(ACME);
    const shown = (shows: string): readonly ActionPreview[] => [{ index: 0, shows, problem: null }];
    await plans.storeRevision(newRevision("first"));
    await plans.storeRevision(newRevision("second"));
    const before = (await plans.current(PLAN))?.previews ?? null;

    await plans.keepPreviews(PLAN, 2, shown("5 shirts \0"));
    await plans.keepPreviews(PLAN, 2, shown("6 shirts"));
    await plans.keepPreviews(PLAN, 9, shown("of no revision"));

    expect(before).toBeNull();
    expect((await plans.revisions(PLAN)).map(({ previews }) => previews ?? null)).toEqual([null, shown("5 shirts \0")]);
    expect((await plans.get(PLAN))?.planHash).toBe(hashOf("second"));
  });

  test("of many moves of one line at once from two processes one happens", async () => {
    const url = adapter.newUrl();
    const stores = [(await openStore(url)).in(ACME), (await openStore(url)).in(ACME)];
    const plans = stores[0]?.plans ?? expect.fail();
    await plans.storeRevision(newRevision("first"));
    await plans.openLedger(PLAN, [{ index: 0, kind: "refund", idempotencyKey: "k" }]);

    const moves = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (stores[index % 2] ?? expect.fail()).plans.moveAction(PLAN, { index: 0, from: ["pending"], to: "intent" }),
      ),
    );

    expect(moves.filter((move) => move.moved)).toHaveLength(1);
  });
});
