import type { JsonObject } from "../../protocol/json.ts";
import type { ReferenceHandle } from "../../protocol/plan.ts";
import type { HydratedAction } from "../dispatchers/dispatch-context.ts";
import type { PlanSpec } from "./plan.ts";

/** The union of a plan's actions as its schema gives them; JSON objects when the schema is not zod. */
export type PlanActionOf<Plan extends PlanSpec> =
  Plan extends PlanSpec<infer Body>
    ? Body extends { readonly actions: readonly (infer Action)[] }
      ? Action
      : JsonObject
    : never;

/** The kinds of a plan's actions; `string` when its type does not tell them. */
export type PlanKind<Plan extends PlanSpec> = KindOf<PlanActionOf<Plan>>;

type KindOf<Action> = Action extends { readonly kind: infer Kind extends string } ? Kind : string;

/** What an action of that kind carries besides its kind. */
export type PlanPayload<Plan extends PlanSpec, Kind extends PlanKind<Plan>> = PayloadOf<
  ActionOfKind<PlanActionOf<Plan>, Kind>
>;

type ActionOfKind<Action, Kind extends string> = Action extends { readonly kind: infer Own extends string }
  ? Kind extends Own
    ? Action
    : never
  : Action;

type PayloadOf<Action> =
  Action extends NormalAction<infer Payload>
    ? [Exclude<keyof Action, keyof NormalAction<object>>] extends [never]
      ? Payload
      : WithoutKind<Action>
    : WithoutKind<Action>;

type WithoutKind<Action> = { [Key in keyof Action as Exclude<Key, "kind">]: Action[Key] };

/** An action whose author separated the payload from the kind already. */
interface NormalAction<Payload extends object> {
  readonly kind: string;
  readonly payload: Payload;
  readonly references?: readonly ReferenceHandle[];
}

/** The union of a plan's actions as a dispatcher gets them. */
export type HydratedActionOf<Plan extends PlanSpec> = {
  readonly [Kind in PlanKind<Plan>]: HydratedAction<Kind, PlanPayload<Plan, Kind>>;
}[PlanKind<Plan>];
