import { describe, expect, test } from "vitest";
import { TurnId } from "../../src/protocol/ids.ts";
import { PlanId } from "../../src/protocol/plan.ts";
import type { GateStore, OpenGate } from "../../src/state/plan-port.ts";
import { PLAN, decision, newRevision, planChange, planGate, toolGate } from "../helpers/plan-records.ts";
import { ACME, newRun, ROOT_CALL, rootClose, stepAttempt } from "../helpers/state-records.ts";
import { openStore, stateStores } from "./state-store.ts";

describe.each(stateStores)("gates in $name", (adapter) => {
  test("a gate opens once and closes with the decision that closes it", async () => {
    const url = adapter.newUrl();
    const { gates } = (await openStore(url)).in(ACME);
    const other = (await openStore(url)).in(ACME);
    const gate = toolGate("gate_1");

    await Promise.all([gates.open(gate), other.gates.open(gate)]);
    await gates.decide("gate_1", decision("d1", { refused: "forbidden", note: "nul \0" }), false);
    const waiting = await other.gates.get("gate_1");
    await gates.decide("gate_1", decision("d2"), true);
    await other.gates.open(gate);

    expect(waiting).toEqual(gate);
    expect(await other.gates.get("gate_1")).toEqual({ ...gate, status: "closed" });
    expect(await other.gates.decisions("gate_1")).toEqual([
      decision("d1", { refused: "forbidden", note: "nul \0" }),
      decision("d2"),
    ]);
    expect((await gates.waiting({})).items).toEqual([]);
  });

  test("no gate opens behind the end of its run or of its turn, whoever was on the way to open it", async () => {
    const url = adapter.newUrl();
    const { gates, runs, steps } = (await openStore(url)).in(ACME);
    const { gates: others } = (await openStore(url)).in(ACME);
    await runs.claim(newRun(), "execution");
    const routed = { ...toolGate("gate_of_agent"), call: { turn: TurnId.parse("run_1/a/1"), callId: ROOT_CALL } };
    const parent = { turn: TurnId.parse("run_1"), callId: ROOT_CALL };
    const failed = rootClose({ status: "failed", finish: "error" });
    const end = (turn: TurnId, isRoot: boolean): Promise<unknown> =>
      steps.commit(stepAttempt(1, { turn, step: "end" }), {
        result: null,
        close: { ...failed, isRoot },
        ...(isRoot ? {} : { openTurn: { parent, agent: "a" } }),
      });

    await end(routed.call.turn, false);
    await expect(gates.open(routed)).rejects.toMatchObject({ code: "STEP_SUPERSEDED" });
    const opening = [gates, others].map((store) => store.open(toolGate("gate_1")).catch((error: unknown) => error));
    await Promise.all([...opening, end(TurnId.parse("run_1"), true)]);
    await expect(others.open(toolGate("gate_2"))).rejects.toMatchObject({ code: "STEP_SUPERSEDED" });

    expect((await gates.waiting({})).items).toEqual([]);
  });

  test("the same decision again is kept once, and its refusal does not hide that it counted later", async () => {
    const { gates } = (await openStore(adapter.newUrl())).in(ACME);
    await gates.open(toolGate("gate_1"));

    for (const refused of ["unsigned", "unsigned", null, null])
      await gates.decide("gate_1", decision("d \0", { refused }), refused === null);

    expect((await gates.decisions("gate_1")).map((record) => record.refused)).toEqual(["unsigned", null]);
  });

  test("decisions of two processes at once are all kept", async () => {
    const url = adapter.newUrl();
    const stores = [(await openStore(url)).in(ACME), (await openStore(url)).in(ACME)];
    await stores[0]?.gates.open(toolGate("gate_1"));

    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (stores[index % 2] ?? expect.fail()).gates.decide("gate_1", decision(`d${index}`), false),
      ),
    );

    const kept = (await stores[0]?.gates.decisions("gate_1")) ?? [];
    expect(new Set(kept.map((record) => record.decisionId)).size).toBe(10);
  });

  test("a gate nobody opened reads as nothing and takes no decision", async () => {
    const { gates } = (await openStore(adapter.newUrl())).in(ACME);

    for (const id of ["gate_9", "nul \0", ""]) {
      expect(await gates.get(id)).toBeNull();
      expect(await gates.decisions(id)).toEqual([]);
      await expect(gates.decide(id, decision("d1"), true)).rejects.toMatchObject({ code: "GATE_UNKNOWN" });
    }
  });

  test("what waits is listed oldest first with the gates of drafts, page by page", async () => {
    const { gates, plans } = (await openStore(adapter.newUrl())).in(ACME);
    const long = `gate:${"turn/".repeat(200)}`;
    await gates.open(toolGate("gate_b", "2026-01-03T00:00:00.000Z"));
    await gates.open(toolGate(long, "2026-01-01T00:00:00.000Z"));
    await gates.open(toolGate("gate_a", "2026-01-03T00:00:00.000Z"));
    await gates.open(toolGate("gate_closed", "2026-01-01T00:00:00.000Z"));
    await gates.decide("gate_closed", decision("d1"), true);
    for (const [id, day] of [
      ["plan_1", "02"],
      ["plan_2", "04"],
      ["plan_3", "05"],
    ]) {
      const planId = PlanId.parse(id);
      await plans.storeRevision(newRevision(`${id}`, { planId }));
      await plans.change(planChange("open", { planId, gate: planGate(`gate_${id}`, `2026-01-${day}T00:00:00.000Z`) }));
    }
    await plans.change(planChange("approve", { planId: PlanId.parse("plan_3"), status: "approved" }));

    expect(await waitingIds(gates, 1)).toEqual([long, "gate_plan_1", "gate_a", "gate_b", "gate_plan_2"]);
    expect(await waitingIds(gates, 50)).toEqual(await waitingIds(gates, 2));
  });

  test("a plan's gate is found by its id and is closed once the plan is decided", async () => {
    const { gates, plans } = (await openStore(adapter.newUrl())).in(ACME);
    const { plan } = await plans.storeRevision(newRevision("first"));
    await plans.change(planChange("open", { gate: planGate("gate_plan") }));
    const open = await gates.get("gate_plan");
    await plans.change(planChange("approve", { status: "approved" }));

    const expected: OpenGate = {
      gate: planGate("gate_plan"),
      workflowId: plan.workflowId,
      runId: plan.origin.runId,
      call: null,
      status: "open",
    };
    expect(open).toEqual(expected);
    expect(await gates.get("gate_plan")).toEqual({ ...expected, status: "closed" });
    expect((await plans.get(PLAN))?.gate).toEqual(planGate("gate_plan"));
  });
});

async function waitingIds(gates: GateStore, limit: number): Promise<readonly string[]> {
  const ids: string[] = [];
  let page = await gates.waiting({ limit });
  for (;;) {
    ids.push(...page.items.map(({ gate }) => gate.id));
    if (page.next === null) return ids;
    page = await gates.waiting({ limit, after: page.next });
  }
}
