/** An object whose fields are present and defined, or absent. */
export type WithoutUndefined<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** A copy without the fields that hold undefined, so that an optional field is either there with a value or not there. */
export function withoutUndefined<Value extends object>(value: Value): WithoutUndefined<Value> {
  // Object.entries forgets the keys' types; filtering undefined is exactly what the result type says.
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as WithoutUndefined<Value>;
}
