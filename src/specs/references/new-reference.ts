import { copyJson } from "../../lib/copy-json.ts";
import { InputError, SpecError } from "../../protocol/errors.ts";
import type { Json } from "../../protocol/json.ts";
import type { InputIssue } from "../schemas/input-issue.ts";
import type { ReferenceSpec } from "./reference.ts";

/** A checked value on its way into the store. */
export interface CheckedReference {
  readonly kind: string;
  readonly value: Json;
  readonly glimpse: Json;
  readonly ttlMs: number | null;
}

/** What someone wants to keep outside prompts and plans; `by` is the function they called. */
export interface WantedReference {
  readonly by: string;
  readonly spec: ReferenceSpec;
  readonly value: unknown;
}

/** Checks the value of a reference, whoever makes it. The reference must be among those that the runtime registers. */
export function newReference(known: readonly ReferenceSpec[], { by, spec, value }: WantedReference): CheckedReference {
  if (!known.some(({ name, hash }) => name === spec.name && hash === spec.hash)) throw notRegistered(known, by, spec);
  const parsed = spec.schema.parse(value);
  if (!parsed.ok) throw wrongValue(spec, parsed.issues);
  const json = copyJson(parsed.value);
  if (json === undefined) throw wrongValue(spec, [{ message: "the value: expected JSON" }]);
  return { kind: spec.name, value: json, glimpse: spec.glimpse(parsed.value), ttlMs: spec.ttlMs };
}

function notRegistered(known: readonly ReferenceSpec[], by: string, { name }: ReferenceSpec): SpecError {
  const names = known.map((spec) => spec.name).join(", ");
  return new SpecError(
    "SPEC_INVALID",
    `${by}: the reference must be one that the runtime registers (${names === "" ? "none is" : names}), received "${name}".`,
    { hint: "Add it to `references` of defineRuntime." },
  );
}

function wrongValue({ name }: ReferenceSpec, issues: readonly Pick<InputIssue, "message">[]): InputError {
  const told = issues.map(({ message }) => `- ${message}`).join("\n");
  return new InputError("INPUT_INVALID", `The value of a reference "${name}" is wrong:\n${told}`);
}
