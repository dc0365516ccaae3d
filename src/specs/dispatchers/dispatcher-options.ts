import * as z from "zod";
import { DEFAULT_DISPATCH_TIMEOUT_MS, MAX_DISPATCH_TIMEOUT_MS } from "../../protocol/limits/dispatch.ts";
import { parseSpec } from "../parse-spec.ts";
import type { ReferenceSpec } from "../references/reference.ts";
import { fields, list, wholeField } from "../spec-fields.ts";
import { isSpec } from "../spec-kind.ts";

/**
 * What makes it safe to apply an action twice: the target remembers keys, the effect and its key are one transaction, or
 * repeating it changes nothing by its nature. With `none` an action whose outcome is unknown is never applied again by itself.
 */
export type DispatchGuarantee = "keyed" | "transactional" | "natural" | "none";

/** Whether each action is a durable step of its own, or several go in one call. */
export type DispatchMode = "perAction" | "batch";

/** What may be said about a dispatcher. */
export interface DispatcherOptions<References extends readonly ReferenceSpec[]> {
  /** `none` unless said. */
  readonly guarantee?: DispatchGuarantee;
  /** `perAction` unless said. */
  readonly mode?: DispatchMode;
  /** How long the target remembers a key; an action in doubt for longer is not applied again. */
  readonly keyTtlMs?: number;
  /** For one call; five minutes unless said. */
  readonly timeoutMs?: number;
  /** The references that the plan uses: gives `ctx.resolvedRefs` their types. */
  readonly references?: References;
}

/** The options with what holds when they are not said. */
export interface DispatcherSettings {
  readonly guarantee: DispatchGuarantee;
  readonly mode: DispatchMode;
  readonly keyTtlMs: number | null;
  readonly timeoutMs: number;
  /** Names of the references that the dispatcher was told of. */
  readonly references: readonly string[];
}

const Options = fields({
  guarantee: z
    .enum(["keyed", "transactional", "natural", "none"], {
      error: 'one of "keyed", "transactional", "natural", "none"',
    })
    .optional(),
  mode: z.enum(["perAction", "batch"], { error: '"perAction" or "batch"' }).optional(),
  keyTtlMs: wholeField(1, Number.MAX_SAFE_INTEGER).optional(),
  timeoutMs: wholeField(1, MAX_DISPATCH_TIMEOUT_MS).optional(),
  references: list(
    z.custom<ReferenceSpec>((value) => isSpec(value, "reference"), { error: "a defineReference value" }),
    "a list of defineReference values",
  ).optional(),
});

/** Checks and completes the options of a dispatcher. */
export function dispatcherSettings(options: unknown): DispatcherSettings {
  const parsed = parseSpec("defineDispatcher", Options, options);
  return {
    guarantee: parsed.guarantee ?? "none",
    mode: parsed.mode ?? "perAction",
    keyTtlMs: parsed.keyTtlMs ?? null,
    timeoutMs: parsed.timeoutMs ?? DEFAULT_DISPATCH_TIMEOUT_MS,
    references: parsed.references?.map((reference) => reference.name) ?? [],
  };
}
