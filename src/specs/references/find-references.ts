import type { Json } from "../../protocol/json.ts";
import { ReferenceHandle } from "../../protocol/plan.ts";
import { isJsonObject } from "../schemas/is-json-object.ts";

/**
 * Every handle of a registered kind in a value, in the order met, each once. A handle is `{kind, id}`, or `{kind, id, glimpse}` as
 * tools hand it out; an object with more fields is data.
 */
export function findReferences(value: Json, kinds: readonly string[]): readonly ReferenceHandle[] {
  return distinctHandles(handlesBelow(value, kinds));
}

/** The same handles without repetition. */
export function distinctHandles(handles: readonly ReferenceHandle[]): readonly ReferenceHandle[] {
  const byKey = new Map(handles.map((handle) => [JSON.stringify([handle.kind, handle.id]), handle]));
  return [...byKey.values()];
}

function handlesBelow(value: Json, kinds: readonly string[]): readonly ReferenceHandle[] {
  if (isJsonObject(value)) {
    const handle = asHandle(value, kinds);
    return handle === undefined ? Object.values(value).flatMap((field) => handlesBelow(field, kinds)) : [handle];
  }
  return Array.isArray(value) ? value.flatMap((item: Json) => handlesBelow(item, kinds)) : [];
}

function asHandle(value: { readonly [key: string]: Json }, kinds: readonly string[]): ReferenceHandle | undefined {
  const { glimpse: _, ...rest } = value;
  const handle = ReferenceHandle.safeParse(rest);
  return handle.success && kinds.includes(handle.data.kind) ? handle.data : undefined;
}
