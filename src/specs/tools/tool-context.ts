import type { Json } from "../../protocol/json.ts";
import type { ReferenceHandle } from "../../protocol/plan.ts";
import type { ReferenceSpec, ReferenceValue } from "../references/reference.ts";

/**
 * What the host puts into `services`. Empty here: augment it in your app to type `ctx.services`.
 *
 * @example
 * declare module "bridle" {
 *   interface BridleServices {
 *     readonly warehouse: Warehouse;
 *   }
 * }
 */
export interface BridleServices {}

/** The services of this process, as handlers see them. A service that `BridleServices` does not name is `unknown`. */
export type Services = Readonly<BridleServices & Record<string, unknown>>;

/** What handlers find when the host lends nothing: an app that declares services and is given none fails where it uses them. */
export const NO_SERVICES: Services = Object.freeze({}) as Services;

/** What an approval predicate knows about the call it judges. */
export interface PredicateContext {
  readonly tenant: string;
  readonly workspace: string;
  readonly threadId: string;
  readonly runId: string;
  readonly agent: string;
  readonly callId: string;
  readonly services: Services;
  /** Aborted when the run is cancelled or the time is up. */
  readonly signal: AbortSignal;
}

/** What a tool's handler knows about its call. */
export interface ToolContext extends PredicateContext {
  /** The same on every attempt of this call; pass it on to make an effect safe to repeat. */
  readonly idempotencyKey: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Tells people who watch the run how far the tool is. The model does not see it. */
  progress(this: void, value: Json): void;
  readonly references: ToolReferences;
}

/** Keeps values out of prompts and plans. */
export interface ToolReferences {
  /** Checks and stores a value. Return what this gives to the model: it shows a handle and a glimpse, never the value. */
  create<Spec extends ReferenceSpec>(this: void, spec: Spec, value: ReferenceValue<Spec>): Promise<CreatedReference>;
}

/** A stored reference as a model may see it. */
export interface CreatedReference extends ReferenceHandle {
  readonly glimpse: Json;
}
