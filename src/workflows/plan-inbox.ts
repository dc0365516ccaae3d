import { condition, defineQuery, defineSignal, defineUpdate, setHandler } from "@temporalio/workflow";
import type { Answer } from "../protocol/gate.ts";
import type { AnswerResult, ExecuteRequest, PlanState } from "../protocol/plan-flow.ts";

/** What a person may send by hand: everything may be left out. */
export type HandAnswer = Omit<Answer, "decision">;

export const approveSignal = defineSignal<[HandAnswer?]>("approve");
export const rejectSignal = defineSignal<[HandAnswer?]>("reject");
export const reviseSignal = defineSignal<[HandAnswer?]>("revise");
/** A new revision of the plan is in the store. */
export const revisionSignal = defineSignal<[{ readonly planHash: string }]>("revision");
export const executeSignal = defineSignal<[ExecuteRequest]>("execute");
export const cancelPlanSignal = defineSignal("cancel");
/** A typed answer to the gate, answered at once. */
export const respondUpdate = defineUpdate<AnswerResult, [Answer]>("respond");
export const planQuery = defineQuery<PlanState | null>("plan");

/** Something that arrived and waits for the main loop. */
export type PlanMessage =
  | { readonly kind: "answer"; readonly answer: Answer; readonly reply?: (result: AnswerResult) => void }
  | { readonly kind: "revision" }
  | { readonly kind: "execute"; readonly request: ExecuteRequest }
  | { readonly kind: "cancel" }
  /** The gate's deadline passed. */
  | { readonly kind: "expire" };

/** Keeps what arrives in order. Handlers only push; the main loop takes one message at a time and acts. */
export class PlanInbox {
  readonly #messages: PlanMessage[] = [];

  constructor(state: () => PlanState | null) {
    const hand = (decision: "approve" | "reject" | "revise") => (answer?: HandAnswer): void => {
      this.#messages.push({ kind: "answer", answer: { ...answer, decision } });
    };
    setHandler(approveSignal, hand("approve"), { description: `Approve what waits. ${HAND_INPUT}` });
    setHandler(rejectSignal, hand("reject"), { description: `Reject what waits. ${HAND_INPUT}` });
    setHandler(reviseSignal, hand("revise"), { description: `Send it back with a note. ${HAND_INPUT}` });
    setHandler(revisionSignal, () => void this.#messages.push({ kind: "revision" }), { description: "A new revision was stored." });
    setHandler(executeSignal, (request) => void this.#messages.push({ kind: "execute", request }), { description: "Execute the plan once it is approved." });
    setHandler(cancelPlanSignal, () => void this.#messages.push({ kind: "cancel" }), { description: "Stop after the action in flight." });
    setHandler(respondUpdate, (answer) => this.#respond(answer), { description: "Answer the gate and hear what came of it." });
    setHandler(planQuery, state, { description: "Where the plan stands." });
  }

  take(): PlanMessage | undefined {
    return this.#messages.shift();
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  /** Whether a cancel waits; looked at between actions. */
  get hasCancel(): boolean {
    return this.#messages.some((message) => message.kind === "cancel");
  }

  async #respond(answer: Answer): Promise<AnswerResult> {
    let result: AnswerResult | undefined;
    this.#messages.push({ kind: "answer", answer, reply: (given) => (result = given) });
    await condition(() => result !== undefined);
    return result ?? { kind: "refused", code: "closed", message: "The plan closed before the answer was read." };
  }
}

const HAND_INPUT = 'Input, all of it optional: {"by": "name", "note": "why"}';
