import { redact } from "../lib/redact.ts";
import { thrownMessage } from "../lib/thrown-text.ts";
import { BridleError, type ErrorInfo, errorInfo, InputError } from "../protocol/errors.ts";
import { EXIT, exitCodeOf, type ExitCode } from "./exit-code.ts";

/** Somebody would have to be asked, and a command never asks. */
export class InputRequired extends InputError {}

/** What is told of an error, and the exit code it means. */
export interface Failure {
  readonly info: ErrorInfo;
  readonly exitCode: ExitCode;
  /** For `--verbose` only. */
  readonly stack: string | undefined;
}

/** Any thrown value as a failure without secrets. */
export function failureOf(error: unknown, secrets: readonly string[]): Failure {
  const { message, hint, code } = known(error) ?? unexpected(error);
  const info = {
    code,
    message: redact(message, secrets),
    ...(hint === undefined ? {} : { hint: redact(hint, secrets) }),
  };
  const exitCode = error instanceof InputRequired ? EXIT.inputRequired : exitCodeOf(code);
  const stack = error instanceof Error ? redact(stackOf(error), secrets) : undefined;
  return { info, exitCode, stack };
}

/** An app may bring its own copy of the package, whose errors are instances of another class. */
function known(error: unknown): ErrorInfo | undefined {
  if (error instanceof BridleError) return errorInfo(error);
  if (error instanceof Error && NO_NAMESPACE.test(error.message)) {
    const hint = "Correct --namespace or TEMPORAL_NAMESPACE, or create it: temporal operator namespace create.";
    const said = error.message.replace(/: Status \{[^]*$/, "");
    return { code: "TEMPORAL_UNREACHABLE", message: `The Temporal server cannot be used: ${said}`, hint };
  }
  if (!(error instanceof Error) || !("code" in error && "hint" in error && "retryable" in error)) return undefined;
  const { code, hint } = error;
  if (typeof code !== "string" || !/^[A-Z][A-Z_]*$/.test(code)) return undefined;
  // Codes are checked by shape only: another version of the package may know more of them.
  return { code: code as ErrorInfo["code"], message: error.message, ...(typeof hint === "string" ? { hint } : {}) };
}

/** The server's own words, which the client and the worker pass on in errors of several classes. */
const NO_NAMESPACE = /\bnamespace\b[^]{0,200}\bnot found\b/i;

function unexpected(error: unknown): ErrorInfo {
  const said = thrownMessage(error);
  const hint = "Run it again with --verbose to see where it comes from, and please report it.";
  return { code: "INTERNAL", message: `Unexpected: ${said}`, hint };
}

function stackOf(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
}
