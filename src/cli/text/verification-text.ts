import type { CheckedDecision } from "../../runtime/approvals/check-decision.ts";
import type { Verification } from "../../runtime/approvals/verification.ts";
import { printableLine } from "../output/printable.ts";
import { table } from "../output/table.ts";

/** Each decision that counted with what its signature proves, then what must not be. */
export function verificationText({ decisions, problems, notes }: Verification): string {
  const rows = decisions.map((checked) => [
    checked.at,
    checked.decision,
    printableLine(checked.by),
    checked.contentHash,
    verdictCell(checked),
  ]);
  const parts = [
    rows.length === 0 ? "nobody's decision counted" : table(rows),
    ...problems.map((told) => `PROBLEM: ${printableLine(told)}`),
    ...notes.map((told) => `note: ${printableLine(told)}`),
  ];
  return parts.join("\n");
}

function verdictCell({ verdict, key, keyName, reason, channel }: CheckedDecision): string {
  switch (verdict) {
    case "verified":
      return `verified ${key ?? ""}${keyName === null ? "" : ` (${printableLine(keyName)})`}`;
    case "unsigned":
      return `unsigned (${printableLine(channel)})`;
    case "not-verified":
      return `NOT VERIFIED: ${printableLine(reason ?? "")}`;
  }
}
