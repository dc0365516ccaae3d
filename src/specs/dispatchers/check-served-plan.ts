import { SpecError } from "../../protocol/errors.ts";
import type { RuntimeSpec } from "../runtime-spec.ts";
import type { Dispatcher } from "./dispatcher.ts";

/** Fails when an app's dispatcher was made for a plan that its spec does not have: people would approve what nothing can apply. */
export function checkServedPlan(app: string, { plans }: Pick<RuntimeSpec, "plans">, dispatcher: Dispatcher): void {
  const { plan } = dispatcher;
  if (plan === null || plans.some(({ name }) => name === plan)) return;
  const known = plans.length === 0 ? "it has none" : plans.map(({ name }) => JSON.stringify(name)).join(", ");
  throw new SpecError(
    "SPEC_INVALID",
    `The actionDispatcher of app "${app}" must be made for a plan of its spec (${known}), received one for ${JSON.stringify(plan)}.`,
    {
      hint: `Make it with defineDispatcher for such a plan, or add ${JSON.stringify(plan)} to \`plans\` of defineRuntime.`,
    },
  );
}
