import { newReference } from "../specs/references/new-reference.ts";
import type { ReferenceSpec } from "../specs/references/reference.ts";
import type { CreatedReference } from "../specs/tools/tool-context.ts";
import type { RunPlace } from "./place.ts";

/** Checks a value and keeps it outside prompts and plans. The same value again is the same reference. */
export async function createReference(
  { app, store }: RunPlace,
  spec: ReferenceSpec,
  value: unknown,
): Promise<CreatedReference> {
  const wanted = newReference(app.spec.references, { by: "createReference()", spec, value });
  const { kind, id } = await store.references.create(wanted);
  return { kind, id, glimpse: wanted.glimpse };
}
