/** A JSON value, as this file understands it. */
type JsonCopy = null | boolean | number | string | readonly JsonCopy[] | { readonly [key: string]: JsonCopy };

/**
 * A copy of a JSON value, or undefined when the value is none: functions, class instances, non-finite numbers and cycles do not
 * survive JSON. Object fields that hold undefined are left out, as JSON.stringify does.
 */
export function copyJson(value: unknown): JsonCopy | undefined {
  return copyBelow(value, []);
}

function copyBelow(value: unknown, ancestors: readonly object[]): JsonCopy | undefined {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "object" || ancestors.includes(value)) return undefined;
  if (Array.isArray(value)) return copyList(value, [...ancestors, value]);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ? copyObject(value, [...ancestors, value]) : undefined;
}

function copyList(list: readonly unknown[], ancestors: readonly object[]): readonly JsonCopy[] | undefined {
  const copies: JsonCopy[] = [];
  for (const item of list) {
    // A million ids are a list of texts.
    const copy = typeof item === "string" ? item : copyBelow(item, ancestors);
    if (copy === undefined) return undefined;
    copies.push(copy);
  }
  return copies;
}

function copyObject(object: object, ancestors: readonly object[]): JsonCopy | undefined {
  const entries: [string, JsonCopy][] = [];
  for (const [key, item] of Object.entries(object)) {
    if (item === undefined) continue;
    const copy = copyBelow(item, ancestors);
    if (copy === undefined) return undefined;
    entries.push([key, copy]);
  }
  return Object.fromEntries(entries);
}
