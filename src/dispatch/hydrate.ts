import type { Json } from "../protocol/json.ts";
import type { ReferenceHandle } from "../protocol/plan.ts";
import type { ResolvedRefs } from "../specs/dispatchers/dispatch-context.ts";
import type { ReferenceStore } from "../state/plan-port.ts";

/** Reads the values behind references; fails with the first that is missing, expired or damaged. */
export async function hydrate(store: ReferenceStore, handles: readonly ReferenceHandle[]): Promise<ResolvedRefs> {
  const values = new Map<string, Map<string, Json>>();
  for (const handle of handles) {
    const ofKind = values.get(handle.kind) ?? new Map<string, Json>();
    if (!ofKind.has(handle.id)) ofKind.set(handle.id, await store.value(handle));
    values.set(handle.kind, ofKind);
  }
  return Object.fromEntries([...values].map(([kind, ofKind]) => [kind, Object.fromEntries(ofKind)]));
}
