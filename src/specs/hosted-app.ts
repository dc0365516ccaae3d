import type { DataEnvironment } from "../data/data-environment.ts";
import type { Answer, AnswerTarget } from "../protocol/gate.ts";
import type { ActionDispatcher, Dispatcher } from "./dispatchers/dispatcher.ts";
import type { RuntimeSpec } from "./runtime-spec.ts";
import type { ApprovalPredicate } from "./tools/tool.ts";
import type { Services } from "./tools/tool-context.ts";

/** Which model answers: the live provider, or a script in the prompt. */
export type InterpreterName = "anthropic" | "scripted";

/** Replaces only the model, for tests; tools and everything else stay real. */
export interface TestingOptions {
  /** Every model call answers with this text. */
  readonly mockResponse?: string;
  /** Lets the scripted interpreter stream slowly. */
  readonly chunkDelayMs?: number;
  readonly chunkChars?: number;
}

/** A spec bound to one workspace and this process's code: what a worker hosts. */
export interface HostedApp {
  readonly app: string;
  readonly tenant: string;
  readonly workspace: string;
  readonly spec: RuntimeSpec;
  readonly services: Services;
  readonly interpreter: InterpreterName;
  readonly testing: TestingOptions;
  /** What the app knows and reads, with its secrets filled in. */
  readonly dataEnvironment?: DataEnvironment;
  /** Applies approved plans. */
  readonly actionDispatcher?: Dispatcher | ActionDispatcher;
  /** How answers to gates are proven. Without it they must be signed and no key is trusted, so none counts. */
  readonly approvals?: ApprovalProof;
  /** What dynamic rules ask. A rule whose predicate is not here asks a person every time. */
  readonly approvalPredicates?: ApprovalPredicates;
}

/** Predicates by the name that a `{kind: "dynamic", value}` rule uses. Each judges one call with its checked arguments. */
export type ApprovalPredicates = Readonly<Record<string, ApprovalPredicate<unknown>>>;

/** Whether an answer to a gate must be signed, and how that is checked. Holds no secret: public keys are enough. */
export interface ApprovalProof {
  readonly mode: "open" | "signed";
  /** Judges the signature alone, at a time of the workflow; never whether the answer may count. */
  verify(this: void, answer: Answer, on: { readonly target: AnswerTarget; readonly at: string }): SignatureVerdict;
}

/**
 * Whose signature an answer carries, or what is wrong with it. `name` is whom the key vouches for; `isGenuine` says that a trusted key
 * signed just this, and that it is refused for its time or for the name in it.
 */
export type SignatureVerdict =
  | { readonly kind: "proven"; readonly key: string; readonly name?: string }
  | { readonly kind: "refused"; readonly reason: string; readonly isGenuine?: boolean };
