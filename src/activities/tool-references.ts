import { copyJson } from "../lib/copy-json.ts";
import { InputError, SpecError } from "../protocol/errors.ts";
import type { ReferenceSpec } from "../specs/reference.ts";
import type { ToolReferences } from "../specs/tool-context.ts";
import { issuesText } from "./error-text.ts";
import type { FoundPlace } from "./find-turn.ts";

/** What a tool's handler finds as `ctx.references`. */
export function toolReferences({ binding, store }: Pick<FoundPlace, "binding" | "store">): ToolReferences {
  return {
    async create(spec, value) {
      requireRegistered(binding.spec.references, spec);
      const parsed = spec.schema.parse(value);
      const json = parsed.ok ? copyJson(parsed.value) : undefined;
      if (json === undefined || !parsed.ok)
        throw wrongValue(spec, parsed.ok ? "it is no JSON" : issuesText(parsed.issues));
      const glimpse = spec.glimpse(json);
      const { kind, id } = await store.references.create({ kind: spec.name, value: json, glimpse, ttlMs: spec.ttlMs });
      return { kind, id, glimpse };
    },
  };
}

function requireRegistered(known: readonly ReferenceSpec[], { name, hash }: ReferenceSpec): void {
  if (known.some((spec) => spec.name === name && spec.hash === hash)) return;
  const names = known.map((spec) => spec.name).join(", ");
  throw new SpecError(
    "SPEC_INVALID",
    `references.create(): the reference must be one that the runtime registers (${names || "none is"}), received "${name}".`,
    { hint: "Add it to `references` of defineRuntime." },
  );
}

function wrongValue({ name }: ReferenceSpec, complaint: string): InputError {
  return new InputError("INPUT_INVALID", `The value of a reference "${name}" is wrong.\n${complaint}`);
}
