/** JSON with object keys in code-point order, so that equal values have equal text. Takes JSON values only. */
export function stableJson(value: unknown): string {
  // A replacer is called for every item of every list; a million ids have nothing to sort.
  return isInOrder(value) ? JSON.stringify(value) : JSON.stringify(value, sortKeys);
}

function isInOrder(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let before = "";
  for (const [key, item] of Object.entries(value)) {
    if (key < before || !isInOrder(item)) return false;
    before = key;
  }
  return true;
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(byKey));
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
