import * as z from "zod";
import type { Json } from "../../protocol/json.ts";
import type { SpecTypeError } from "../agents/route-check.ts";
import { describeValue } from "../describe-value.ts";
import { joinPath } from "../field-path.ts";
import { specIssues } from "../parse-spec.ts";
import type { PlanSpec } from "../plans/plan.ts";
import type { PlanKind, PlanPayload } from "../plans/plan-action.ts";
import type { ReferenceSpec } from "../references/reference.ts";
import { fields } from "../spec-fields.ts";
import { type SpecIssue, unknownField, wrongField } from "../spec-issue.ts";
import type { ActionContext, UndoContext } from "./dispatch-context.ts";
import type { DispatchOutcome } from "./dispatch-result.ts";

/** Whether an action whose outcome was not heard of took effect. */
export type ProbeOutcome = "applied" | "notApplied" | "unknown";

/** Applies one action. May throw: an ActionRefusedError says that nothing took effect, anything else leaves that in doubt. */
export type ActionHandler<Payload, References extends ReferenceSpec = ReferenceSpec> = (
  payload: Payload,
  context: ActionContext<References>,
) => DispatchOutcome | Promise<DispatchOutcome>;

/** Takes one action back. May throw: an ActionRefusedError says that nothing took effect, anything else leaves that in doubt. */
export type UndoHandler<Payload, References extends ReferenceSpec = ReferenceSpec> = (
  payload: Payload,
  context: UndoContext<References>,
) => DispatchOutcome | Promise<DispatchOutcome>;

/** What is known about one kind of action besides how to apply it. */
export interface ActionHooks<Payload, References extends ReferenceSpec = ReferenceSpec> {
  readonly run: ActionHandler<Payload, References>;
  /** What would happen, for the people who decide. Must change nothing. */
  readonly preview?: (payload: Payload, context: ActionContext<References>) => Json | Promise<Json>;
  /** Asks the target whether the action took effect. Must change nothing. */
  readonly probe?: (payload: Payload, context: ActionContext<References>) => ProbeOutcome | Promise<ProbeOutcome>;
  /** Takes an applied action back, when a person asks for it after the plan failed part-way. */
  readonly compensate?: UndoHandler<Payload, References>;
}

/** One handler for every kind of a plan's actions; the compiler knows which are missing and which are too many. */
export type ActionHandlers<Plan extends PlanSpec, References extends ReferenceSpec = ReferenceSpec> = {
  readonly [Kind in PlanKind<Plan>]:
    ActionHandler<PlanPayload<Plan, Kind>, References> | ActionHooks<PlanPayload<Plan, Kind>, References>;
};

/** A SpecTypeError in the place of every handler whose kind the plan does not have, and of every hook that there is not. */
export type NoOtherKinds<Plan extends PlanSpec, Handlers> = Handlers extends (...args: never[]) => unknown
  ? unknown
  : {
      readonly [Kind in keyof Handlers]: Kind extends PlanKind<Plan>
        ? NoOtherHooks<Handlers[Kind]>
        : SpecTypeError<`the plan has no action kind '${Kind & string}'`>;
    };

type NoOtherHooks<Hooks> = Hooks extends (...args: never[]) => unknown
  ? unknown
  : {
      readonly [
        Hook in Exclude<keyof Hooks, keyof ActionHooks<never>>
      ]: SpecTypeError<`there is no hook '${Hook & string}'`>;
    };

type Hook = (payload: unknown, context: ActionContext) => unknown;

/** The hooks of one kind, as the dispatcher calls them. */
export interface CheckedHooks {
  readonly run: Hook;
  readonly preview?: Hook | undefined;
  readonly probe?: Hook | undefined;
  readonly compensate?: Hook | undefined;
}

/** The handlers of a plan by kind, or everything that is wrong with them. */
export function checkHandlers(
  plan: PlanSpec,
  handlers: unknown,
): { readonly issues: readonly SpecIssue[]; readonly hooks: ReadonlyMap<string, CheckedHooks> } {
  const hooks = new Map<string, CheckedHooks>();
  if (!isRecord(handlers)) {
    return {
      hooks,
      issues: [wrongField("handlers", "an object of functions by action kind", describeValue(handlers))],
    };
  }
  const issues = (plan.kinds ?? [])
    .filter((kind) => !Object.hasOwn(handlers, kind))
    .map((kind) => wrongField(joinPath("handlers", kind), "a function or {run, …}", "undefined"));
  for (const [kind, handler] of Object.entries(handlers)) {
    const checked = checkHandler(plan, kind, handler);
    if ("issues" in checked) issues.push(...checked.issues);
    else hooks.set(kind, checked.hooks);
  }
  if (issues.length === 0 && hooks.size === 0)
    issues.push(wrongField("handlers", "an object with at least one action kind", "an empty object"));
  return { issues, hooks };
}

const hook = z.custom<Hook>((value) => typeof value === "function", { error: "a function" });
const Hooks = fields({ run: hook, preview: hook.optional(), probe: hook.optional(), compensate: hook.optional() });

function checkHandler(
  plan: PlanSpec,
  kind: string,
  handler: unknown,
): { readonly issues: readonly SpecIssue[] } | { readonly hooks: CheckedHooks } {
  if (plan.kinds !== null && !plan.kinds.includes(kind))
    return { issues: [unknownField(joinPath("handlers", kind), kind, plan.kinds)] };
  const parsed = Hooks.safeParse(typeof handler === "function" ? { run: handler } : handler);
  if (parsed.success) return { hooks: parsed.data };
  const at = parsed.error.issues.map((issue) => ({ ...issue, path: ["handlers", kind, ...issue.path] }));
  return { issues: specIssues(at, { handlers: { [kind]: handler } }) };
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
