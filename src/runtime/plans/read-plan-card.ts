import { InternalError } from "../../protocol/errors.ts";
import type { DisplayAliases } from "../../specs/plans/plan.ts";
import { distinctHandles } from "../../specs/references/find-references.ts";
import type { PlanRecord } from "../../state/plan-port.ts";
import type { StorePlace } from "../place.ts";
import { type PlanCard, planCard } from "./plan-card.ts";
import { planLedger } from "./plan-ledger.ts";

/** Reads all that the card of a plan shows. Without an app nobody knows the plan's own words for its status. */
export async function readPlanCard(
  place: StorePlace,
  plan: PlanRecord,
  aliases: DisplayAliases = {},
): Promise<PlanCard> {
  const { store } = place;
  const current = await store.plans.current(plan.planId);
  if (current === null) throw new InternalError(`Plan "${plan.planId}" has no revision.`);
  const handles = distinctHandles(current.body.actions.flatMap((action) => action.references));
  const [ledger, records] = await Promise.all([
    planLedger(place, plan),
    Promise.all(handles.map((handle) => store.references.get(handle))),
  ]);
  const references = records.filter((record) => record !== null);
  return planCard({ plan, current, ledger, references, aliases });
}
