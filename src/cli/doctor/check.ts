import { thrownMessage } from "../../lib/thrown-text.ts";
import { BridleError } from "../../protocol/errors.ts";

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "warn" | "fail";
  readonly message: string;
  /** The next step, when something is not as it should be. */
  readonly fix?: string;
}

/** A check that found nothing wrong. */
export function fine(name: string, message: string): Check {
  return { name, status: "ok", message };
}

/** A check that ended with an error. */
export function broken(name: string, error: unknown, status: "warn" | "fail" = "fail"): Check {
  const message = thrownMessage(error);
  const fix = error instanceof BridleError && error.hint !== undefined ? { fix: error.hint } : {};
  return { name, status, message, ...fix };
}
