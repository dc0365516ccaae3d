import * as z from "zod";
import { ApprovalRule } from "./approval.ts";
import { DecisionKind } from "./decision-kind.ts";
import { ContentHash } from "./ids.ts";

/** Something that waits for a person: a plan's revision or one tool call. */
export const Gate = z.strictObject({
  id: z.string(),
  subject: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("plan"), planId: z.string(), revision: z.number().int().positive() }),
    z.strictObject({ kind: z.literal("tool"), turn: z.string(), callId: z.string(), tool: z.string() }),
  ]),
  contentHash: ContentHash,
  /** How answers were proven when it opened; a worker that asks for less does not lower it. */
  mode: z.enum(["open", "signed"]).optional(),
  rule: ApprovalRule,
  /** Who asked, and whom `notRequester` keeps out: the person behind the run when known, else the agent. The name alone. */
  requestedBy: z.string(),
  /** Who else asked for an earlier revision of the plan: `notRequester` keeps them out as well. */
  alsoAskedBy: z.array(z.string()).readonly().optional(),
  /** The agent whose plan or call it is; none for a plan that a program stored. */
  agent: z.string().optional(),
  openedAt: z.iso.datetime(),
  deadline: z.iso.datetime().nullable(),
  /** Why a person is asked where the rule alone does not say: a predicate that failed. */
  reason: z.string().optional(),
});
export type Gate = z.infer<typeof Gate>;

/** Who vouches for an answer, and for how long. It covers every other field of the answer and what the answer is about. */
export const AnswerSignature = z.strictObject({
  /** The fingerprint of the key. */
  key: z.string().max(100),
  at: z.iso.datetime(),
  expires: z.iso.datetime(),
  value: z.string().max(200),
});
export type AnswerSignature = z.infer<typeof AnswerSignature>;

/** What an answer is about, whichever gate of it is open: a signature for one is none for another. */
export interface AnswerTarget {
  readonly tenant: string;
  readonly workspace: string;
  readonly subject:
    | { readonly kind: "plan"; readonly planId: string }
    | { readonly kind: "tool"; readonly turn: string; readonly callId: string };
}

/** An answer to a gate as it arrives; everything but the kind may be missing, so that a person can send one by hand. */
export const Answer = z.strictObject({
  decision: DecisionKind.exclude(["expire", "cancel"]),
  decisionId: z.string().min(1).max(200).optional(),
  gate: z.string().optional(),
  contentHash: z.string().max(200).optional(),
  by: z.string().min(1).max(200).optional(),
  note: z.string().max(10_000).optional(),
  /** With `edit`: the whole body of the plan as it shall be. */
  edits: z.unknown().optional(),
  /** The same body, stored before the answer: it does not travel through history. */
  editsHash: z.string().max(100).optional(),
  channel: z.string().max(100).optional(),
  /** Where answers must be signed. */
  signature: AnswerSignature.optional(),
});
export type Answer = z.infer<typeof Answer>;

/** Why an answer changed nothing. Stable: scripts rely on them. */
export const RefusalCode = z.enum([
  "already_decided",
  "plan_hash_mismatch",
  "gate_mismatch",
  "expired",
  "closed",
  "unknown_plan",
  "unsigned",
  "bad_signature",
  "forbidden",
  "invalid_edit",
  /** It sends something back without a note that says what to change. */
  "note_missing",
]);
export type RefusalCode = z.infer<typeof RefusalCode>;
