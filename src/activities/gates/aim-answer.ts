import { aimedGate } from "../../engine/aimed-gate.ts";
import type { AnswerRefusal } from "../../engine/judge-answer.ts";
import type { OpenGate } from "../../state/plan-port.ts";
import type { FoundPlace } from "../find-turn.ts";
import { NOTHING_WAITS } from "./weigh-answer.ts";

/** Which of a turn's calls an answer is about, or why that cannot be told, with the gates that it may have meant. */
export type AimedAnswer =
  | { readonly kind: "gate"; readonly open: OpenGate }
  | { readonly kind: "refused"; readonly refusal: AnswerRefusal; readonly meant: readonly OpenGate[] };

/** Finds the gate that an answer to a turn means, among those that wait and the one that it names. */
export async function aimAnswer(
  place: FoundPlace,
  ids: readonly string[],
  named: string | undefined,
): Promise<AimedAnswer> {
  const waiting = await waitingGates(place, ids);
  const own = named === undefined ? null : await ownGate(place, named);
  const aim = aimedGate({ waiting: waiting.map(({ gate }) => gate), named: own?.gate ?? null }, named);
  if (aim.kind === "refused") return { kind: "refused", refusal: aim, meant: waiting };
  const open = own ?? waiting.find(({ gate }) => gate.id === aim.gate.id);
  return open === undefined ? { kind: "refused", refusal: NOTHING_WAITS, meant: [] } : { kind: "gate", open };
}

async function waitingGates({ store }: FoundPlace, ids: readonly string[]): Promise<readonly OpenGate[]> {
  const gates = await Promise.all(ids.map((id) => store.gates.get(id)));
  return gates.filter((gate) => gate !== null);
}

/** A gate of another turn is nobody's here. */
async function ownGate({ store, turn }: FoundPlace, id: string): Promise<OpenGate | null> {
  const gate = await store.gates.get(id);
  return gate?.call?.turn === turn ? gate : null;
}
