import type { Answer } from "../protocol/gate.ts";
import type { DecisionRecord } from "../protocol/plan.ts";

/**
 * What a record of a decision says that its signed answer does not; null when they agree. The content of an edit is what the edit
 * made, which no answer can name beforehand: whoever asks compares that with the edit itself.
 */
export function whyNotAsSigned(record: DecisionRecord, signed: Answer): string | null {
  for (const [field, read] of Object.entries(FIELDS)) {
    const [recorded, said] = read(record, signed);
    if (recorded !== said)
      return `The record says ${field} ${JSON.stringify(recorded)}, and ${JSON.stringify(said)} was signed.`;
  }
  return null;
}

type Pair = readonly [recorded: string | null | undefined, said: string | null | undefined];

const FIELDS: Readonly<Record<string, (record: DecisionRecord, signed: Answer) => Pair>> = {
  decisionId: (record, signed) => [record.decisionId, signed.decisionId],
  decision: (record, signed) => [record.decision, signed.decision],
  by: (record, signed) => [record.by, signed.by],
  gate: (record, signed) => [record.gate, signed.gate],
  answeredHash: (record, signed) => [record.answeredHash, signed.contentHash],
  contentHash: (record, signed) => [
    record.contentHash,
    record.decision === "edit" ? record.contentHash : signed.contentHash,
  ],
  note: (record, signed) => [record.note, signed.note ?? null],
  channel: (record, signed) => [record.channel, signed.channel ?? "signal"],
  key: (record, signed) => [record.key, signed.signature?.key],
};
