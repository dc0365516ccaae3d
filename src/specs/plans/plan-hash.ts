import { sha256 } from "../../lib/sha256.ts";
import { stableJson } from "../../lib/stable-json.ts";
import { ContentHash } from "../../protocol/ids.ts";
import { IDEMPOTENCY_KEY_CHARS } from "../../protocol/limits/plan.ts";
import type { PlanAction, PlanBody, ReferenceHandle } from "../../protocol/plan.ts";

/**
 * The hashes that approvals are bound to and the keys that targets recognise a repetition by. They derive from approved content
 * only: an attempt, a run or the time must never get into them, or a retry would look like a new effect.
 */

/** What a person approves. */
export interface PlanContent {
  readonly body: PlanBody;
  readonly specName: string;
  readonly specHash: string;
  /** The content behind every reference of the body. Order and repetition make no difference. */
  readonly references: readonly (ReferenceHandle & { readonly contentHash: string })[];
}

/** Where an action stands. */
export interface ActionPlace extends PlanPlace {
  readonly index: number;
  readonly actionHash: string;
}

/** Where a plan stands, and what it says. */
export interface PlanPlace {
  readonly tenant: string;
  readonly workspace: string;
  readonly planId: string;
  readonly planHash: string;
}

/** The hash of all that an approval covers: the body, the version of its spec, and the content of its references. */
export function planHash(content: PlanContent): ContentHash {
  const references = content.references.map(({ kind, id, contentHash }) => [kind, id, contentHash]);
  const distinct = new Set(references.map((reference) => stableJson(reference)));
  const { body, specName, specHash } = content;
  return hashOf({ format: 1, spec: { name: specName, hash: specHash }, body, references: [...distinct].sort() });
}

/** The hash of one action. */
export function actionHash({ kind, payload, references }: PlanAction): ContentHash {
  return hashOf({ kind, payload, references });
}

/** `b1.<tenant>.<workspace>.<planId>.<planHash16>`: the same for every attempt to apply this content. */
export function planKey({ tenant, workspace, planId, planHash: hash }: PlanPlace): string {
  const parts = [tenant, workspace, planId].map((part) => part.replaceAll(".", "~"));
  const key = ["b1", ...parts, hash.slice(0, 16)].join(".");
  if (key.length <= PLAN_KEY_CHARS) return key;
  return ["b1", ...parts.map(shortened), hash.slice(0, 16)].join(".");
}

/** `<plan key>.<index>.<actionHash12>`: the same for every attempt to apply this action of this plan, and for nothing else. */
export function actionKey(place: ActionPlace): string {
  return `${planKey(place)}.${place.index}.${place.actionHash.slice(0, 12)}`;
}

/** The key of taking an action back: the same for every attempt and every undo of it. */
export function undoKey(key: string): string {
  return `${key}.undo`;
}

/** Leaves room for the index, the action's hash and the end of an undo's key. */
const PLAN_KEY_CHARS = IDEMPOTENCY_KEY_CHARS - 30;
const PART_CHARS = 60;

/** Ids hold neither `~` nor `+`, so that no two places share a key by the way they are written. */
function shortened(part: string): string {
  return part.length <= PART_CHARS ? part : `${part.slice(0, PART_CHARS - 17)}+${sha256(part).slice(0, 16)}`;
}

function hashOf(value: unknown): ContentHash {
  return ContentHash.parse(sha256(stableJson(value)));
}
