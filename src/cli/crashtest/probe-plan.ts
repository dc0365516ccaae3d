import { appBinder } from "../../activities/bind-app.ts";
import { findPlan, type PlanPlace, readPlan } from "../../activities/plans/find-plan.ts";
import { openDispatch } from "../../activities/dispatch/open-dispatch.ts";
import type { ProbeOutcome } from "../../specs/dispatchers/action-handlers.ts";
import type { CrashLab, CrashPlace } from "./crash-lab.ts";

/** What the dispatcher's probe says of every action of a plan that was begun; nothing where it cannot be asked. */
export async function probePlan(
  { hosted, env }: CrashLab,
  { session }: CrashPlace,
  planId: string,
): Promise<ReadonlyMap<number, ProbeOutcome>> {
  const { app, tenant, workspace } = hosted;
  const binder = appBinder([hosted], env);
  const idle = { heartbeatMs: 1, crashPoints: { pass: () => undefined }, graceOver: new AbortController().signal };
  const host = { store: session.store, bind: binder.bind, ...idle };
  try {
    return await answersOf(await findPlan(host, { app, tenant, workspace, planId }));
  } finally {
    await binder.close();
  }
}

async function answersOf(place: PlanPlace): Promise<ReadonlyMap<number, ProbeOutcome>> {
  const answers = new Map<number, ProbeOutcome>();
  const { dispatcher } = place.binding;
  if (dispatcher?.probe === undefined) return answers;
  const plan = await readPlan(place);
  for (const line of await place.store.plans.actions(place.planId)) {
    if (line.state === "pending" || line.state === "skipped") continue;
    const { idempotencyKey } = line;
    const { actions, context } = await openDispatch(place, { plan, lines: [line], runId: null, idempotencyKey });
    const [action] = actions;
    const signal = AbortSignal.timeout(dispatcher.timeoutMs);
    const answer =
      action === undefined ? "unknown" : await dispatcher.probe(action, { ...context, signal }).catch(unheard);
    answers.set(line.index, answer);
  }
  return answers;
}

function unheard(): ProbeOutcome {
  return "unknown";
}
