const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A path as people write it: `routes[1]`, `model.id`, `toolApprovals["drop-table"]`. Empty for the value itself. */
export function fieldPath(segments: readonly PropertyKey[]): string {
  return segments.reduce((path: string, segment) => joinPath(path, segment), "");
}

/** One step further down. */
export function joinPath(path: string, segment: PropertyKey): string {
  if (typeof segment === "number") return `${path}[${segment}]`;
  const key = String(segment);
  if (!IDENTIFIER.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** The value at a path, or undefined where the path leaves the value. */
export function valueAt(root: unknown, segments: readonly PropertyKey[]): unknown {
  return segments.reduce(
    (value: unknown, segment) => (isObject(value) ? Reflect.get(value, segment) : undefined),
    root,
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
