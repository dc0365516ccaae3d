import { type CallTrouble, faultOf } from "../../engine/action-ledger.ts";
import { thrownText } from "../../lib/thrown-text.ts";
import { BridleError, type ErrorInfo, StateError } from "../../protocol/errors.ts";
import type { ActionRecord } from "../../protocol/plan.ts";
import type { ActionMove } from "../../state/plan-port.ts";
import { failureText } from "../to-failure.ts";

/** What the ledger keeps of whatever a dispatcher threw. */
export function thrownInfo(error: unknown): ErrorInfo {
  if (error instanceof BridleError) return failureText(error);
  return failureText(new StateError("ACTION_FAILED", thrownText(error)));
}

/** What the ledger keeps of an attempt that vanished. */
export const LOST: ErrorInfo = {
  code: "ACTION_OUTCOME_UNKNOWN",
  message:
    "The action was started and did not answer, so it may or may not have taken effect. It was not started again.",
  hint: "Find out from the target whether the effect happened, then say so with `bridle plans settle`.",
};

/** The end of an action that nobody can tell of: with what its handler came to, when that was told. */
export function leftUnknown(line: ActionRecord): Pick<ActionMove, "error"> & { readonly to: "unknown" } {
  const { error } = line;
  if (error === null || faultOf(line) === null) return { to: "unknown", error: LOST };
  return { to: "unknown", error: unknownInfo(error.code, error) };
}

/** What is kept of an action that may have had an effect. An answer that makes no sense says more than that its outcome is unknown. */
export function unknownInfo(noted: string, { message }: { readonly message: string }): ErrorInfo {
  const code = noted === "DISPATCH_RESULT_INVALID" ? noted : "ACTION_OUTCOME_UNKNOWN";
  return { ...LOST, code, message };
}

/** What is kept of an action that had no effect. */
export function failedInfo(trouble: CallTrouble, told: ErrorInfo): ErrorInfo {
  return trouble === "unreachable" ? { ...told, code: "ACTION_UNREACHED" } : told;
}
