import type { ProbedAttempt } from "../../engine/action-ledger.ts";
import { callSignal } from "../call-signal.ts";
import type { OpenDispatch } from "./open-dispatch.ts";

/** Asks the dispatcher's probe about one action of a call, for as long as a call may take. */
export async function askProbe(
  { place, dispatcher, actions, context }: OpenDispatch,
  index: number,
): Promise<ProbedAttempt["answer"]> {
  const position = actions.findIndex((action) => action.index === index);
  const action = actions[position];
  if (action === undefined || dispatcher.probe === undefined) return "unknown";
  const signal = AbortSignal.any([callSignal(place.host), AbortSignal.timeout(dispatcher.timeoutMs)]);
  const slot = context.action(position);
  const asked = { ...context, signal, idempotencyKey: slot.idempotencyKey, action: () => slot };
  const answered = dispatcher.probe(action, asked).catch(() => "threw" as const);
  const late = new Promise<"threw">((resolve) => signal.addEventListener("abort", () => resolve("threw")));
  return Promise.race([answered, late]);
}
