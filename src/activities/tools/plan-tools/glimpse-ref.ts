import { StateError } from "../../../protocol/errors.ts";
import { referenceInput } from "../../../specs/plans/plan-tools.ts";
import type { PlanToolStep } from "./plan-tool-step.ts";
import { readArgs } from "./read-args.ts";

/** What may be shown of the value behind a reference. */
export async function glimpseRef({ place }: PlanToolStep, args: unknown): Promise<unknown> {
  const { kind, id } = readArgs(referenceInput(place.binding.spec.references), args);
  const reference = await place.store.references.get({ kind, id });
  if (reference === null) throw new StateError("REFERENCE_MISSING", `There is no reference ${kind} "${id}".`);
  return { kind, id, glimpse: reference.glimpse, bytes: reference.bytes, expiresAt: reference.expiresAt };
}
