import { newReference } from "../../specs/references/new-reference.ts";
import type { ToolReferences } from "../../specs/tools/tool-context.ts";
import type { FoundPlace } from "../find-turn.ts";

/** What a tool's handler finds as `ctx.references`. */
export function toolReferences({ binding, store }: Pick<FoundPlace, "binding" | "store">): ToolReferences {
  return {
    async create(spec, value) {
      const wanted = newReference(binding.spec.references, { by: "references.create()", spec, value });
      const { kind, id } = await store.references.create(wanted);
      return { kind, id, glimpse: wanted.glimpse };
    },
  };
}
