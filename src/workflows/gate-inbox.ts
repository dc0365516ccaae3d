import { condition, defineSignal, defineUpdate, setHandler } from "@temporalio/workflow";
import type { AnswerResult } from "../protocol/plan-flow.ts";

const approveSignal = defineSignal<[unknown]>("approve");
const rejectSignal = defineSignal<[unknown]>("reject");
const reviseSignal = defineSignal<[unknown]>("revise");
/** A typed answer to a gate of this turn, answered at once. */
const respondUpdate = defineUpdate<AnswerResult, [unknown]>("respond");

/** An answer that waits for the desk; the turn's own clock answers too, when a deadline passed. */
export interface GateAnswer {
  readonly answer: unknown;
  /** The gate it names, when it does. */
  readonly gate: string | undefined;
  readonly reply?: (result: AnswerResult) => void;
}

/**
 * Keeps the answers to the calls of a turn that wait, in the order they came. Handlers only push and the desk takes one at a time.
 * Signals may be sent by hand and carry nothing or anything; an error in a handler would stop the workflow for ever.
 */
export class GateInbox {
  readonly #answers: GateAnswer[] = [];

  constructor() {
    const hand =
      (decision: "approve" | "reject" | "revise") =>
      (given: unknown): void =>
        this.push({ ...fieldsOf(given), decision });
    setHandler(approveSignal, hand("approve"), { description: `Approve the call that waits. ${HAND_INPUT}` });
    setHandler(rejectSignal, hand("reject"), { description: `Reject the call that waits. ${HAND_INPUT}` });
    setHandler(reviseSignal, hand("revise"), {
      description: `Send the call back; needs a note that says what to change. ${HAND_INPUT}`,
    });
    setHandler(respondUpdate, (answer) => this.#respond(answer), {
      description: 'Answer a call that waits and hear what came of it. Input: {"decision": "approve"}.',
    });
  }

  push(answer: unknown, reply?: (result: AnswerResult) => void): void {
    const gate: unknown = Reflect.get(fieldsOf(answer), "gate");
    const named = typeof gate === "string" ? gate : undefined;
    this.#answers.push({ answer, gate: named, ...(reply === undefined ? {} : { reply }) });
  }

  get isEmpty(): boolean {
    return this.#answers.length === 0;
  }

  /** Whether an answer may be handled now. */
  has(isReady: (answer: GateAnswer) => boolean): boolean {
    return this.#answers.some(isReady);
  }

  /** Takes the first answer that may be handled now. */
  take(isReady: (answer: GateAnswer) => boolean): GateAnswer | undefined {
    const index = this.#answers.findIndex(isReady);
    return index < 0 ? undefined : this.#answers.splice(index, 1)[0];
  }

  async #respond(answer: unknown): Promise<AnswerResult> {
    let result: AnswerResult | undefined;
    this.push(answer, (given) => (result = given));
    await condition(() => result !== undefined);
    return result ?? { kind: "refused", code: "closed", message: "The turn ended before the answer was read." };
  }
}

const HAND_INPUT =
  'Input, all of it optional where one call waits and no note is needed: {"by": "name", "note": "why", "gate": "gate_…"}';

function fieldsOf(given: unknown): object {
  return typeof given === "object" && given !== null ? given : {};
}
