import { condition, defineQuery, defineSignal, defineUpdate, log, setHandler } from "@temporalio/workflow";
import { executeRequest, requestIdOf } from "../engine/execute-request.ts";
import { ANONYMOUS } from "../engine/may-decide.ts";
import type { AnswerResult, AskedStop, ExecuteRequest, PlanState, PlanStop } from "../protocol/plan-flow.ts";

const approveSignal = defineSignal<[unknown]>("approve");
const rejectSignal = defineSignal<[unknown]>("reject");
const reviseSignal = defineSignal<[unknown]>("revise");
/** A new revision of the plan is in the store. */
const revisionSignal = defineSignal<[unknown]>("revision");
/** Someone wants the plan executed. */
const executeSignal = defineSignal<[unknown]>("execute");
/** Whoever wanted the plan executed no longer does. */
export const forgetSignal = defineSignal<[Pick<ExecuteRequest, "requestId">]>("forget");
const cancelPlanSignal = defineSignal<[unknown]>("cancel");
/** A typed answer to the gate, answered at once. */
const respondUpdate = defineUpdate<AnswerResult, [unknown]>("respond");
const planQuery = defineQuery<PlanState | null>("plan");

/** Something that arrived and waits for the main loop. */
export type PlanMessage =
  | { readonly kind: "answer"; readonly answer: unknown; readonly reply?: (result: AnswerResult) => void }
  | { readonly kind: "revision"; readonly planHash: string | null }
  | { readonly kind: "execute"; readonly request: ExecuteRequest }
  | { readonly kind: "forget"; readonly requestId: string }
  | PlanCancel
  /** The gate's deadline passed. */
  | { readonly kind: "expire" }
  /** It is time to record again what could not be. */
  | { readonly kind: "again" };

/** Someone wants the plan stopped. */
interface PlanCancel extends AskedStop {
  readonly kind: "cancel";
}

/**
 * Keeps what arrives in order. Handlers only push and the main loop takes one message at a time and acts. Signals may be sent by hand
 * and carry nothing or anything; an error in a handler would stop the workflow for ever.
 */
export class PlanInbox {
  readonly #messages: PlanMessage[] = [];

  constructor(state: () => PlanState | null) {
    const hand =
      (decision: "approve" | "reject" | "revise") =>
      (given: unknown): void =>
        this.push({ kind: "answer", answer: { ...fieldsOf(given), decision } });
    setHandler(approveSignal, hand("approve"), { description: `Approve what waits. ${HAND_INPUT}` });
    setHandler(rejectSignal, hand("reject"), { description: `Reject what waits. ${HAND_INPUT}` });
    setHandler(reviseSignal, hand("revise"), {
      description: `Send it back; needs a note that says what to change. ${HAND_INPUT}`,
    });
    setHandler(revisionSignal, (given) => this.push({ kind: "revision", planHash: textOf(given, "planHash") }), {
      description: "A new revision was stored.",
    });
    setHandler(executeSignal, (given) => this.#wanted(given), {
      description: "Execute the plan once it is approved.",
    });
    setHandler(forgetSignal, (given) => this.#forgotten(given), {
      description: "Whoever wanted the plan executed no longer does.",
    });
    setHandler(cancelPlanSignal, (given) => this.#cancelled(given), {
      description: `Withdraw the plan, or stop after the action in flight. ${HAND_INPUT}`,
    });
    setHandler(respondUpdate, (answer) => this.#respond(answer), {
      description: 'Answer the gate and hear what came of it. Input: {"decision": "approve"}.',
    });
    setHandler(planQuery, state, { description: "Where the plan stands." });
  }

  push(message: PlanMessage): void {
    this.#messages.push(message);
  }

  take(): PlanMessage | undefined {
    return this.#messages.shift();
  }

  /** Puts the messages that are no cancel before the caller, while a plan is being applied. */
  takeBesideCancel(): PlanMessage | undefined {
    const index = this.#messages.findIndex(({ kind }) => kind !== "cancel");
    return index < 0 ? undefined : this.#messages.splice(index, 1)[0];
  }

  /** The workflow itself was cancelled; Temporal does not tell by whom. */
  cancel(): void {
    const stop = { by: ANONYMOUS, note: null, channel: "temporal", at: new Date().toISOString() };
    this.push({ kind: "cancel", ...stop, contentHash: null });
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  /** Whether something besides a cancel waits. */
  get hasOther(): boolean {
    return this.#messages.some((message) => message.kind !== "cancel");
  }

  /** The first cancel that waits; looked at between actions. */
  get firstCancel(): PlanStop | null {
    return this.#messages.find((message) => message.kind === "cancel") ?? null;
  }

  #wanted(given: unknown): void {
    const request = executeRequest(given);
    if (request !== null) this.push({ kind: "execute", request });
    else log.warn("An execute signal names a waiting turn that cannot be one; it was ignored.");
  }

  #forgotten(given: unknown): void {
    const requestId = requestIdOf(given);
    if (requestId !== null) this.push({ kind: "forget", requestId });
  }

  #cancelled(given: unknown): void {
    const by = textOf(given, "by") ?? ANONYMOUS;
    const channel = textOf(given, "channel") ?? "signal";
    const stop = { by, note: textOf(given, "note"), channel, at: new Date().toISOString() };
    this.push({ kind: "cancel", ...stop, contentHash: textOf(given, "contentHash") });
  }

  async #respond(answer: unknown): Promise<AnswerResult> {
    let result: AnswerResult | undefined;
    this.push({ kind: "answer", answer, reply: (given) => (result = given) });
    await condition(() => result !== undefined);
    return result ?? { kind: "refused", code: "closed", message: "The plan closed before the answer was read." };
  }
}

const HAND_INPUT =
  'Input, all of it optional but where a note is needed: {"by": "name", "note": "why"}. Where answers must be signed: what `bridle approvals sign` prints.';

function fieldsOf(given: unknown): object {
  return typeof given === "object" && given !== null ? given : {};
}

function textOf(given: unknown, key: string): string | null {
  const value: unknown = Reflect.get(fieldsOf(given), key);
  return typeof value === "string" ? value : null;
}
