import type { Json, JsonObject } from "../../protocol/json.ts";
import type { ReferenceHandle } from "../../protocol/plan.ts";
import type { ReferenceSpec, ReferenceValue } from "../references/reference.ts";
import type { Services } from "../tools/tool-context.ts";
import type { DispatchOutcome } from "./dispatch-result.ts";

/** An action of an approved plan on its way to a dispatcher. Everything it refers to is in `ctx.resolvedRefs`. */
export interface HydratedAction<Kind extends string = string, Payload = JsonObject> {
  /** Its place in the plan, also when a call carries only some of the actions. */
  readonly index: number;
  readonly kind: Kind;
  readonly payload: Payload;
  readonly references: readonly ReferenceHandle[];
}

/** The values behind references by kind and id; typed for the kinds that `defineDispatcher` is told of. */
export type ResolvedRefs<References extends ReferenceSpec = ReferenceSpec> = {
  readonly [Reference in References as Reference["name"]]: { readonly [id: string]: ReferenceValue<Reference> };
};

/** What a dispatcher knows about the plan that it applies. */
export interface DispatchContext<References extends ReferenceSpec = ReferenceSpec> {
  readonly tenant: string;
  readonly workspace: string;
  readonly planId: string;
  readonly planHash: string;
  readonly revision: number;
  /** The run that asked for the execution; null when the host did. */
  readonly runId: string | null;
  readonly resolvedRefs: ResolvedRefs<References>;
  readonly services: Services;
  /** Aborted when the plan is cancelled or the time is up. */
  readonly signal: AbortSignal;
  /** The same for every attempt to apply this plan. A target that is called once per action wants `action(i).idempotencyKey`. */
  readonly idempotencyKey: string;
  /** Grows when an execution takes over from another; a target that remembers the largest one can refuse a zombie. */
  readonly fence: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /**
   * Who approved this content, or made it by an edit: each name once, as it was given; `policy` where the rule asks nobody. Empty in a
   * `preview`, which comes before.
   */
  readonly approvedBy: readonly string[];
  /** The key of the i-th action of this call, and its place in the plan. */
  action(this: void, i: number): ActionSlot;
  /**
   * Records that the i-th action of a batch took effect, before the next one begins. Rejects, with the record kept, when the plan was
   * cancelled meanwhile: the rest must not begin. With one action per call there is nothing to do.
   */
  applied(this: void, i: number, outcome: DispatchOutcome): Promise<void>;
}

/** An action's place in its plan and the key by which a target recognises a repetition of it. */
export interface ActionSlot {
  readonly index: number;
  readonly idempotencyKey: string;
  /** An earlier attempt may have applied it. */
  readonly isInDoubt: boolean;
}

/** What the handler of one action knows. */
export interface ActionContext<References extends ReferenceSpec = ReferenceSpec> extends DispatchContext<References> {
  /** This action's key: the same for every attempt to apply it, and for nothing else. */
  readonly idempotencyKey: string;
  /** The action's place in the plan. */
  readonly index: number;
  readonly references: readonly ReferenceHandle[];
}

/** What a handler knows that takes an action back. */
export interface UndoContext<References extends ReferenceSpec = ReferenceSpec> extends ActionContext<References> {
  /** The action that is taken back, and what applying it answered. */
  readonly undoes: AppliedAction;
}

/** An action that was applied, as its ledger knows it. */
export interface AppliedAction {
  readonly planId: string;
  /** Its place in that plan. */
  readonly index: number;
  /** The key that it was applied with. */
  readonly idempotencyKey: string;
  readonly entitiesAffected: number | null;
  readonly summary: string | null;
  readonly details: Json;
}
