import { referenceInput } from "../../../specs/plans/plan-tools.ts";
import type { PlanToolStep } from "./plan-tool-step.ts";
import { readArgs } from "./read-args.ts";

/** The value behind a reference. */
export async function resolveRef({ place }: PlanToolStep, args: unknown): Promise<unknown> {
  const handle = readArgs(referenceInput(place.binding.spec.references), args);
  return place.store.references.value(handle);
}
