import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "../../protocol/gate.ts";
import { GATE_OPENING_MS, SENT_SIGNATURE_MS } from "../../protocol/limits/gate.ts";
import type { HostedApp } from "../../specs/hosted-app.ts";
import type { ApprovalSubject } from "./approval-subject.ts";
import type { SigningKey } from "./key-file.ts";
import { signAnswer } from "./sign-answer.ts";

/** Who sends answers: one tenant and workspace, and the key of this process when it holds one. */
export interface Approver extends Pick<HostedApp, "tenant" | "workspace"> {
  /** Read for each answer and kept nowhere. */
  readonly signingKey: () => SigningKey | null;
}

/** An answer with an id, so that it counts once even when it is delivered twice. */
export type NamedAnswer = Answer & { readonly decisionId: string };

/**
 * The answer, signed when this process holds a key. A signed answer names the gate and the content it is for: what was given, else what
 * waits now.
 */
export async function signedBy(
  approver: Approver,
  answer: NamedAnswer,
  look: () => Promise<ApprovalSubject>,
): Promise<NamedAnswer> {
  const key = approver.signingKey();
  if (key === null) return answer;
  const { subject, gateId, contentHash } = await whenOpen(look);
  const full: NamedAnswer = {
    by: PROGRAM,
    contentHash,
    ...answer,
    ...(answer.gate === undefined && gateId !== null ? { gate: gateId } : {}),
  };
  const { tenant, workspace } = approver;
  const target = { tenant, workspace, subject };
  return signAnswer(key, full, { target, now: new Date(), validForMs: SENT_SIGNATURE_MS });
}

/** Nobody was named, and the program holds the key: it answers in its own name. */
const PROGRAM = "host";

/** The gate of a plan opens a moment after the plan was stored, and a signature must name it. */
async function whenOpen(look: () => Promise<ApprovalSubject>): Promise<ApprovalSubject> {
  const until = Date.now() + GATE_OPENING_MS;
  for (;;) {
    const subject = await look();
    if (subject.gateId !== null || subject.status !== "draft" || Date.now() >= until) return subject;
    await sleep(LOOK_AGAIN_MS);
  }
}

const LOOK_AGAIN_MS = 50;
