import { CancellationScope, condition, log, proxyActivities, workflowInfo } from "@temporalio/workflow";
import type { TurnActivities } from "../protocol/turn.ts";
import { failureInfo } from "./end-turn.ts";
import type { GateAnswer } from "./gate-inbox.ts";
import type { OpenTurn } from "./open-turn.ts";
import { DECISION_POLICY } from "./policies.ts";

const { answerToolGate } = proxyActivities<TurnActivities>(DECISION_POLICY);

/**
 * The desk where a turn's answers are handled, one after the other, beside the turn and until `isOver`; what came too late is refused
 * and recorded as well. Survives the turn's cancellation, so that a decision is recorded whole or not at all.
 */
export async function tendGates(turn: OpenTurn, isOver: () => boolean): Promise<void> {
  const { gates } = turn;
  const isReady = ({ gate }: GateAnswer): boolean =>
    gates.opening === 0 || (gate !== undefined && gates.waiting.has(gate)) || isOver();
  await CancellationScope.nonCancellable(async () => {
    for (;;) {
      await condition(() => gates.inbox.has(isReady) || isOver());
      const answer = gates.inbox.take(isReady);
      if (answer !== undefined) {
        turn.atDesks += 1;
        await handle(turn, answer);
        turn.atDesks -= 1;
        cutWhenFull(turn);
      } else if (isOver()) {
        return;
      }
    }
  });
}

async function handle({ gates, ref }: OpenTurn, { answer, gate, reply }: GateAnswer): Promise<void> {
  const waiting = [...gates.waiting.keys()].filter((id) => !gates.closed.has(id));
  if (waiting.length === 0 && gate === undefined) {
    log.info("An answer came while no call waited.", { turn: ref.turn });
    reply?.({ kind: "refused", code: "closed", message: "Nothing waits for an answer." });
    return;
  }
  gates.sequence += 1;
  const input = { ref, gates: waiting, answer, sequence: gates.sequence, at: new Date().toISOString() };
  try {
    const { result, closed } = await answerToolGate(input);
    if (closed !== null) gates.closed.set(closed.gate, closed.isApproved);
    reply?.(result);
  } catch (error) {
    const { message } = failureInfo(error);
    log.warn("An answer to a call could not be handled.", { turn: ref.turn, reason: message });
    reply?.({ kind: "refused", code: "closed", message });
  }
}

/** Answers that are refused fill a history while a call waits for weeks. Nothing else of the turn may be running then. */
function cutWhenFull({ gates, pending }: OpenTurn): void {
  const onlyWaits = gates.opening === 0 && [...pending].every(({ kind }) => kind === "gate");
  if (workflowInfo().continueAsNewSuggested && onlyWaits) gates.isCut = true;
}
