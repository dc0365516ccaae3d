import { log } from "@temporalio/activity";
import { capText } from "../../lib/cap-text.ts";
import { redact } from "../../lib/redact.ts";
import type { CallTrouble } from "../../engine/action-ledger.ts";
import type { ErrorInfo } from "../../protocol/errors.ts";
import { LOGGED_STACK_BYTES } from "../../protocol/limits/dispatch.ts";
import type { ActionRecord } from "../../protocol/plan.ts";

/** A call of a dispatcher that gave no result. */
export interface LoggedTrouble {
  readonly planId: string;
  readonly lines: readonly Pick<ActionRecord, "index" | "kind">[];
  readonly trouble: CallTrouble;
  /** Which call of the actions it was. */
  readonly attempt: number;
  readonly told: ErrorInfo;
  readonly error: unknown;
  /** What becomes of the actions. */
  readonly next: keyof typeof NEXT;
}

/** One warning of the worker for each trouble: between two attempts a plan tells nobody else. The stack is for the handler's author. */
export function logTrouble({ planId, lines, trouble, attempt, told, error, next }: LoggedTrouble): void {
  const named = lines.slice(0, NAMED).map(({ index, kind }) => `${index} (${kind})`);
  const which = `${lines.length === 1 ? "action" : "actions"} ${named.join(", ")}${lines.length > NAMED ? ", …" : ""}`;
  const frames = trouble === "threw" ? framesOf(error) : "";
  log.warn(
    `plan ${planId}, ${which}, call ${attempt}: ${told.code} ${told.message} [${NEXT[next]}]${frames === "" ? "" : `\n${frames}`}`,
  );
}

const NAMED = 5;

const NEXT = {
  again: "it is seen to again",
  failed: "failed",
  unknown: "unknown, a person must settle it",
  nothing: "nothing of it is left open",
} as const;

/** Only the places, for the message stands above and may be long. */
function framesOf(error: unknown): string {
  const stack = error instanceof Error ? error.stack : undefined;
  const frames = (stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return capText(redact(frames.slice(0, FRAMES).join("\n")), LOGGED_STACK_BYTES);
}

/** Further down it is our own code. */
const FRAMES = 5;
