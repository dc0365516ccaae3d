import { stableJson } from "../lib/stable-json.ts";
import type { Answer, AnswerSignature, AnswerTarget } from "../protocol/gate.ts";

/**
 * The text that a signature of an answer covers: all fields of the answer, whatever is added to them later, what it is about, and how
 * long the signature counts. The first line keeps it from being a signature of anything else made with the same key.
 */
export function signedText(
  answer: Answer,
  target: AnswerTarget,
  { key, at, expires }: Omit<AnswerSignature, "value">,
): string {
  const { signature: _, ...said } = answer;
  return `bridle answer 1\n${stableJson({ answer: said, target, signature: { key, at, expires } })}`;
}
