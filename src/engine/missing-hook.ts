import type { ErrorInfo } from "../protocol/errors.ts";

/** An action that somebody wants taken back. */
export interface AppliedKind {
  /** Its place in the plan that applied it. */
  readonly index: number;
  readonly kind: string;
}

/** Why these actions cannot be taken back together: one has no `compensate` hook. Null when each has. */
export function missingHook(applied: readonly AppliedKind[], kinds: readonly string[]): ErrorInfo | null {
  const missing = applied.find(({ kind }) => !kinds.includes(kind));
  if (missing === undefined) return null;
  const known = kinds.length === 0 ? "no kind has one" : `${kinds.join(", ")} have one`;
  return {
    code: "COMPENSATE_MISSING",
    message: `Action ${missing.index} (${missing.kind}) cannot be taken back: expected a \`compensate\` hook for its kind (${known}). Nothing was taken back.`,
    hint: "Add the hook to defineDispatcher, or take back only the actions whose kinds have one (--actions).",
  };
}
