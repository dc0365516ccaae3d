import { copyJson } from "../lib/copy-json.ts";
import { InputError, SpecError } from "../protocol/errors.ts";
import type { Json } from "../protocol/json.ts";
import type { ReferenceHandle } from "../protocol/plan.ts";
import type { ReferenceSpec } from "../specs/reference.ts";
import type { RunPlace } from "./run-place.ts";

/** A reference as its maker gets it: what stands for the value, and the little of it that is seen. */
export interface CreatedReference extends ReferenceHandle {
  readonly glimpse: Json;
}

/** Checks a value and keeps it outside prompts and plans. The same value again is the same reference. */
export async function createReference(
  { app, store }: RunPlace,
  spec: ReferenceSpec,
  value: unknown,
): Promise<CreatedReference> {
  requireRegistered(app.spec.references, spec);
  const parsed = spec.schema.parse(value);
  if (!parsed.ok) throw wrongValue(spec, parsed.issues.map(({ message }) => `- ${message}`).join("\n"));
  const json = copyJson(parsed.value);
  if (json === undefined) throw wrongValue(spec, "- the value: expected JSON");
  const glimpse = spec.glimpse(parsed.value);
  const { kind, id } = await store.references.create({ kind: spec.name, value: json, glimpse, ttlMs: spec.ttlMs });
  return { kind, id, glimpse };
}

function requireRegistered(known: readonly ReferenceSpec[], { name, hash }: ReferenceSpec): void {
  if (known.some((spec) => spec.name === name && spec.hash === hash)) return;
  const names = known.map((spec) => spec.name).join(", ");
  throw new SpecError(
    "SPEC_INVALID",
    `createReference(): the reference must be one that the runtime registers (${names === "" ? "none is" : names}), received "${name}".`,
    { hint: "Add it to `references` of defineRuntime." },
  );
}

function wrongValue({ name }: ReferenceSpec, complaint: string): InputError {
  return new InputError("INPUT_INVALID", `The value of a reference "${name}" is wrong:\n${complaint}`);
}
