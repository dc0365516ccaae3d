import type { DecisionRecord } from "../../protocol/plan.ts";
import { printableLine } from "../output/printable.ts";

/** How an answer came, how we know who gave it, and with which key; a key that signed in somebody else's name is told too. */
export function proofText({ channel, authn, key, keyName, signed }: DecisionRecord): string {
  const how = `${printableLine(channel)}/${authn}`;
  const signer = key ?? signed?.signature?.key;
  if (signer === undefined) return how;
  const owner = keyName === undefined ? "" : ` (${printableLine(keyName)})`;
  return `${how} ${signer.slice(0, KEY_CHARS)}${owner}`;
}

/** What an answer was itself given to; nothing when that is the content of its gate. */
export function answeredText({ contentHash, answeredHash }: DecisionRecord): readonly string[] {
  if (answeredHash === undefined || answeredHash === contentHash) return [];
  return [`(answered ${answeredHash === null ? "without naming any" : printableLine(answeredHash)})`];
}

/** Enough to tell keys apart; JSON has the whole fingerprint. */
const KEY_CHARS = 12;
