/** A plan is closed while an attempt that everybody took for dead goes on: no action is left where nobody can settle it. */
import { expect, test } from "vitest";
import { appBinder } from "../../src/activities/bind-app.ts";
import { closePlan } from "../../src/activities/plans/close-plan.ts";
import type { StateStore } from "../../src/state/port.ts";
import { testApp } from "../helpers/open-runtime.ts";
import { planSpec } from "../helpers/plan-app.ts";
import { newRevision, PLAN, planChange } from "../helpers/plan-records.ts";
import { ACME } from "../helpers/state-records.ts";
import { openStore, stateStores } from "./state-store.ts";

/** The same store, in which something happens right after the ledger was first read. */
function overtaken(store: StateStore, happens: () => Promise<unknown>): StateStore {
  let hasHappened = false;
  return {
    ...store,
    in(scope) {
      const scoped = store.in(scope);
      const actions: typeof scoped.plans.actions = async (planId) => {
        const lines = await scoped.plans.actions(planId);
        if (!hasHappened) await happens();
        hasHappened = true;
        return lines;
      };
      return { ...scoped, plans: { ...scoped.plans, actions } };
    },
  };
}

test.each(stateStores)("an action that is begun while its plan is closed is in doubt, in $name", async (adapter) => {
  const store = await openStore(adapter.newUrl());
  const { plans } = store.in(ACME);
  await plans.storeRevision(newRevision("first"));
  await plans.change(planChange("approved", { status: "approved" }));
  await plans.change(planChange("executing", { from: ["approved"], status: "executing" }));
  await plans.openLedger(PLAN, [{ index: 0, kind: "refund", idempotencyKey: "k" }]);
  const begin = { index: 0, from: ["pending"], to: "intent", attempts: 1 } as const;
  const host = {
    store: overtaken(store, () => plans.moveAction(PLAN, begin)),
    bind: appBinder([testApp(planSpec(), { workspace: ACME.workspace })], {}).bind,
    heartbeatMs: 1,
    graceOver: new AbortController().signal,
    crashPoints: { pass: () => undefined },
  };

  const ref = { app: "acme", tenant: ACME.tenant, workspace: ACME.workspace, planId: PLAN };
  const state = await closePlan(host, { ref, waiters: [], isCancelled: true });

  expect(state).toMatchObject({ status: "failed" });
  expect((await plans.actions(PLAN)).map((line) => line.state)).toEqual(["unknown"]);
});
