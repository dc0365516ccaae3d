/** Freezes plain objects and arrays all the way down. Class instances, schemas and functions are left as they are. */
export function deepFreeze<Value>(value: Value): Value {
  freezeBelow(value, new Set());
  return value;
}

/** Goes on below what is frozen already, because that may be frozen at its surface only. */
function freezeBelow(value: unknown, seen: Set<object>): void {
  if (!isPlain(value) || seen.has(value)) return;
  seen.add(Object.freeze(value));
  for (const key of Reflect.ownKeys(value)) freezeBelow(Reflect.get(value, key), seen);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Array.isArray(value);
}
