import * as z from "zod";
import { DecisionKind } from "./decision-kind.ts";
import { Answer } from "./gate.ts";
import { ContentHash, name } from "./ids.ts";
import { Json, JsonObject } from "./json.ts";

/**
 * A plan as it is stored and decided on: typed actions, the context around them, and a hash that covers all of what people
 * approve. Nothing volatile may be added to what the hash covers.
 */

/** Identifies a plan in its tenant and workspace; the model or the host chooses it. */
export const PlanId = name.brand<"PlanId">();
export type PlanId = z.infer<typeof PlanId>;

/** Where a plan stands. The last four are final and never reopen. */
export const PlanStatus = z.enum(["draft", "approved", "executing", "executed", "failed", "rejected", "expired"]);
export type PlanStatus = z.infer<typeof PlanStatus>;

/** What a model holds of a reference. */
export const ReferenceHandle = z.strictObject({ kind: z.string().min(1), id: z.string().min(1) });
export type ReferenceHandle = z.infer<typeof ReferenceHandle>;

/** One action, normalised: its kind, its own fields, and the references among them. */
export const PlanAction = z.strictObject({
  kind: z.string().min(1),
  payload: JsonObject,
  references: z.array(ReferenceHandle).readonly(),
});
export type PlanAction = z.infer<typeof PlanAction>;

/** What an undo takes back: which actions of which plan, in the order of its own actions. */
const UndoneActions = z.strictObject({
  planId: PlanId,
  planHash: ContentHash,
  indexes: z.array(z.number().int().nonnegative()).readonly(),
});

/** A plan's content. `context` is everything of the body besides the actions. */
export const PlanBody = z.strictObject({
  spec: z.string().min(1),
  context: JsonObject,
  actions: z.array(PlanAction).readonly(),
  /** Set for an undo: its actions are those of another plan, to be taken back. */
  undoes: UndoneActions.optional(),
});
export type PlanBody = z.infer<typeof PlanBody>;

/** What a dispatcher says an action would do; `problem` when it could not say. */
export const ActionPreview = z.strictObject({
  index: z.number().int().nonnegative(),
  shows: Json,
  problem: z.string().nullable(),
});
export type ActionPreview = z.infer<typeof ActionPreview>;

/** Where one action of an approved plan stands. `unknown` is never run again by itself. */
export const ActionState = z.enum(["pending", "intent", "done", "failed", "unknown", "skipped"]);
export type ActionState = z.infer<typeof ActionState>;

/** What a person found out about an action whose outcome was unknown. */
export const ActionSettlement = z.strictObject({
  as: z.enum(["done", "failed"]),
  by: z.string(),
  at: z.iso.datetime(),
  note: z.string().nullable(),
  channel: z.string(),
});
export type ActionSettlement = z.infer<typeof ActionSettlement>;

/** The ledger's line of one action. */
export const ActionRecord = z.strictObject({
  index: z.number().int().nonnegative(),
  kind: z.string(),
  state: ActionState,
  idempotencyKey: z.string(),
  attempts: z.number().int().nonnegative(),
  entitiesAffected: z.number().int().nonnegative().nullable(),
  summary: z.string().nullable(),
  details: Json,
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
  at: z.iso.datetime().nullable(),
  /** When the target was last about to be called. */
  calledAt: z.iso.datetime().nullable(),
  settlement: ActionSettlement.nullable(),
});
export type ActionRecord = z.infer<typeof ActionRecord>;

/** A decision that counted, or one that was refused: both are kept for ever. */
export const DecisionRecord = z.strictObject({
  decisionId: z.string(),
  gate: z.string(),
  /** The content that was decided on. */
  contentHash: ContentHash,
  /** The content that the answer itself named; null when it named none. Absent for what is no answer: a policy, a deadline. */
  answeredHash: z.string().nullable().optional(),
  decision: DecisionKind,
  by: z.string(),
  at: z.iso.datetime(),
  /** How we know who it was: `none` in open mode, `signature` in signed mode, `timer` for expiry. */
  authn: z.enum(["none", "signature", "timer"]),
  /** The fingerprint of the key, with `signature`. */
  key: z.string().optional(),
  /** Whom the key vouched for when the answer was judged: one person, or `*`. Absent for a key that is bound to nobody. */
  keyName: z.string().optional(),
  /** The answer as it was signed, so that its signature can be checked again. Kept only when the signature was genuine. */
  signed: Answer.optional(),
  channel: z.string(),
  note: z.string().nullable(),
  revision: z.number().int().positive(),
  /** Null when it counted, otherwise the stable code of the refusal. */
  refused: z.string().nullable(),
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;
