import { deepFreeze } from "../../lib/deep-freeze.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { InputError } from "../../protocol/errors.ts";
import { describeValue } from "../describe-value.ts";
import type { PlanSpec } from "../plans/plan.ts";
import type { HydratedActionOf } from "../plans/plan-action.ts";
import type { ReferenceSpec } from "../references/reference.ts";
import { refuseIssues, specError, specSubject, wrongField } from "../spec-issue.ts";
import { isSpec } from "../spec-kind.ts";
import {
  type ActionHandlers,
  checkHandlers,
  type CheckedHooks,
  type NoOtherKinds,
  type ProbeOutcome,
} from "./action-handlers.ts";
import { applyInOrder, callHook } from "./apply-in-order.ts";
import type { AppliedAction, DispatchContext, HydratedAction } from "./dispatch-context.ts";
import type { DispatchOutcome } from "./dispatch-result.ts";
import { type DispatcherOptions, type DispatcherSettings, dispatcherSettings } from "./dispatcher-options.ts";

/** Applies actions of an approved plan and says how many entities that affected. */
export type ActionDispatcher<
  Action extends HydratedAction<string, unknown> = HydratedAction,
  References extends ReferenceSpec = ReferenceSpec,
> = (actions: readonly Action[], context: DispatchContext<References>) => DispatchOutcome | Promise<DispatchOutcome>;

/** A dispatcher as the harness calls it. What it returns is the author's and still to be checked. */
export interface Dispatcher extends DispatcherSettings {
  readonly kind: "dispatcher";
  /** The plan that it was made for; null when it is a plain function, which gets the actions of any. */
  readonly plan: string | null;
  /** The kinds that it has a handler for; null when one function gets them all. */
  readonly kinds: readonly string[] | null;
  apply(this: void, actions: readonly HydratedAction[], context: DispatchContext): Promise<unknown>;
  /** Undefined for an action whose kind has no preview. */
  preview?(this: void, action: HydratedAction, context: DispatchContext): Promise<unknown>;
  /** `unknown` for an action whose kind cannot be asked for, and for an answer that makes no sense. */
  probe?(this: void, action: HydratedAction, context: DispatchContext): Promise<ProbeOutcome>;
  /** The kinds whose actions can be taken back. */
  readonly undoableKinds: readonly string[];
  /** Undefined for an action whose kind cannot be taken back. */
  compensate?(this: void, action: HydratedAction, context: DispatchContext & Undoing): Promise<unknown>;
}

/** What a call that takes an action back knows besides. */
export interface Undoing {
  readonly undoes: AppliedAction;
}

/**
 * Declares how a plan is applied: one handler per kind of its actions, or one function that gets the actions. Unless told
 * otherwise every action is a durable step of its own.
 */
export function defineDispatcher<
  Plan extends PlanSpec,
  Handlers,
  const References extends readonly ReferenceSpec[] = readonly ReferenceSpec[],
>(
  plan: Plan,
  handlers: (ActionHandlers<Plan, References[number]> | ActionDispatcher<HydratedActionOf<Plan>, References[number]>) &
    Handlers &
    NoOtherKinds<Plan, Handlers>,
  options: DispatcherOptions<References> = {},
): Dispatcher {
  if (!isPlan(plan))
    throw specError("defineDispatcher()", [wrongField("plan", "a definePlan value", describeValue(plan))]);
  const settings = dispatcherSettings(options);
  if (isDispatchFunction(handlers)) return functionDispatcher(plan.name, handlers, settings);
  const { issues, hooks } = checkHandlers(plan, handlers);
  refuseIssues(specSubject("defineDispatcher", plan.name), issues);
  return handlersDispatcher(plan.name, hooks, settings);
}

/** A dispatcher from what `createRuntime` takes as one: a declared dispatcher or a plain function. */
export function normaliseDispatcher(source: Dispatcher | ActionDispatcher): Dispatcher {
  if (isSpec(source, "dispatcher")) return source;
  if (isDispatchFunction(source)) return functionDispatcher(null, source, dispatcherSettings({}));
  throw specError("createRuntime()", [
    wrongField("actionDispatcher", "a defineDispatcher value or a function of (actions, ctx)", describeValue(source)),
  ]);
}

function functionDispatcher(plan: string | null, apply: ActionDispatcher, settings: DispatcherSettings): Dispatcher {
  return deepFreeze({
    kind: "dispatcher",
    plan,
    kinds: null,
    undoableKinds: [],
    ...settings,
    apply: async (actions, context) => apply(actions, context),
  });
}

function handlersDispatcher(
  plan: string,
  hooks: ReadonlyMap<string, CheckedHooks>,
  settings: DispatcherSettings,
): Dispatcher {
  const hooksOf = (action: HydratedAction): CheckedHooks => hooks.get(action.kind) ?? unknownKind(plan, action, hooks);
  const has = (name: keyof CheckedHooks): boolean => [...hooks.values()].some((kind) => kind[name] !== undefined);
  return deepFreeze({
    kind: "dispatcher",
    plan,
    kinds: [...hooks.keys()],
    undoableKinds: [...hooks].filter(([, kind]) => kind.compensate !== undefined).map(([kind]) => kind),
    ...settings,
    apply: (actions, context) => applyInOrder(actions, context, (action) => hooksOf(action).run),
    ...withoutUndefined({
      preview: has("preview") ? optional((action) => hooksOf(action).preview) : undefined,
      compensate: has("compensate") ? optional((action) => hooksOf(action).compensate) : undefined,
      probe: has("probe") ? probing(optional((action) => hooksOf(action).probe)) : undefined,
    }),
  });
}

type OptionalCall = (action: HydratedAction, context: DispatchContext) => Promise<unknown>;

function optional(find: (action: HydratedAction) => CheckedHooks["preview"]): OptionalCall {
  return async (action, context) => {
    const hook = find(action);
    return hook === undefined ? undefined : callHook(hook, { action, position: 0, context });
  };
}

function probing(ask: OptionalCall): (...asked: Parameters<OptionalCall>) => Promise<ProbeOutcome> {
  return async (action, context) => {
    const answer = await ask(action, context);
    return answer === "applied" || answer === "notApplied" ? answer : "unknown";
  };
}

function unknownKind(plan: string, action: HydratedAction, hooks: ReadonlyMap<string, CheckedHooks>): never {
  throw new InputError(
    "ACTION_KIND_UNKNOWN",
    `the dispatcher of the plan "${plan}" must have a handler for actions[${action.index}].kind (it has ${[...hooks.keys()].join(", ")}), received ${describeValue(action.kind)}`,
    { hint: `Add a handler for it to defineDispatcher, or list the kinds in the schema of "${plan}".` },
  );
}

function isPlan(value: unknown): value is PlanSpec {
  return isSpec(value, "plan");
}

function isDispatchFunction(value: unknown): value is ActionDispatcher {
  return typeof value === "function";
}
