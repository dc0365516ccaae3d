import { thrownText } from "../lib/thrown-text.ts";
import { BridleError, type ErrorInfo, StateError } from "../protocol/errors.ts";
import { failureText } from "./to-failure.ts";

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
