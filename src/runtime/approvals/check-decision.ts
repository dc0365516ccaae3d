import { whyNotAsSigned } from "../../engine/as-signed.ts";
import type { AnswerTarget } from "../../protocol/gate.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import type { ApprovalProof } from "../../specs/hosted-app.ts";

/** A decision that counted, and whether its signature still says so. */
export interface CheckedDecision extends Pick<
  DecisionRecord,
  "decisionId" | "decision" | "by" | "at" | "gate" | "contentHash" | "channel"
> {
  readonly verdict: "verified" | "unsigned" | "not-verified";
  /** The fingerprint of the key, when it verifies. */
  readonly key: string | null;
  /** Whom the settings bind the key to; null for nobody. */
  readonly keyName: string | null;
  /** Why it does not verify. */
  readonly reason: string | null;
}

/** What a decision is checked with. */
export interface DecisionGrounds {
  readonly target: AnswerTarget;
  readonly verify: ApprovalProof["verify"];
  /** Says why the content of an edit is not what was signed; null when it is. */
  readonly whyOtherEdit: (record: DecisionRecord) => Promise<string | null>;
}

/** Checks a recorded decision anew: the signature, at the time when it counted, and that the record says what was signed. */
export async function checkDecision(record: DecisionRecord, grounds: DecisionGrounds): Promise<CheckedDecision> {
  const { decisionId, decision, by, at, gate, contentHash, channel, signed } = record;
  const told = { decisionId, decision, by, at, gate, contentHash, channel };
  const unknown = { key: null, keyName: null };
  if (record.authn !== "signature") return { ...told, ...unknown, verdict: "unsigned", reason: null };
  const failed = (reason: string): CheckedDecision => ({ ...told, ...unknown, verdict: "not-verified", reason });
  if (signed === undefined) return failed("The answer that was signed was not kept.");
  const verdict = grounds.verify(signed, { target: grounds.target, at });
  if (verdict.kind === "refused") return failed(verdict.reason);
  const why = whyNotAsSigned(record, signed) ?? (await grounds.whyOtherEdit(record));
  if (why !== null) return failed(why);
  return { ...told, verdict: "verified", key: verdict.key, keyName: verdict.name ?? null, reason: null };
}
