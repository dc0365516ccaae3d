/** The brand that every declared value carries, so that values can be told apart at run time. */
export type SpecKind =
  "tenant" | "agent" | "tool" | "plan" | "reference" | "dispatcher" | "prompt" | "runtime-spec" | "app";

/** Whether a value came from the declaring function of that kind. */
export function isSpec<Kind extends SpecKind>(value: unknown, kind: Kind): value is { readonly kind: Kind } {
  return (
    typeof value === "object" && value !== null && Object.isFrozen(value) && "kind" in value && value.kind === kind
  );
}
