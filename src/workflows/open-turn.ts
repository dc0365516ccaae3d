import { setCurrentDetails, setHandler, workflowInfo } from "@temporalio/workflow";
import { INITIAL_TURN } from "../engine/turn-step.ts";
import type { Carried, FirstStep, TurnInput, TurnRef, TurnState } from "../protocol/turn.ts";
import { pendingQuery, statusQuery, TurnInbox, type PendingItem, type TurnStatus } from "./turn-inbox.ts";

/** A turn while its workflow runs. */
export interface OpenTurn {
  readonly input: TurnInput;
  readonly first: FirstStep;
  readonly inbox: TurnInbox;
  readonly depth: number;
  ref: TurnRef;
  state: TurnState;
  /** Routed turns begun so far; numbers their ids. */
  childCount: number;
  /** What runs right now, for people. */
  readonly pending: Set<PendingItem>;
}

/** Finds out which turn this execution is and registers its handlers, signals first. */
export function openTurn(input: TurnInput, carried: Carried | undefined): OpenTurn {
  const info = workflowInfo();
  const runId = input.runId ?? `run_${info.firstExecutionRunId}`;
  const turn: OpenTurn = {
    input,
    first: { input, workflowId: info.workflowId, executionId: info.firstExecutionRunId },
    inbox: new TurnInbox(runId, carried?.queue ?? []),
    depth: input.parent?.depth ?? 0,
    ref: carried?.turn?.ref ?? firstRef(input, runId),
    state: carried?.turn?.state ?? INITIAL_TURN,
    childCount: carried?.turn?.childCount ?? 0,
    pending: new Set(),
  };
  setHandler(statusQuery, () => status(turn), {
    description: "Which step the turn is at, and which prompts wait behind it.",
  });
  setHandler(pendingQuery, () => [...turn.pending], { description: "What the turn waits for right now." });
  return turn;
}

/** Runs work that people can see in `pending` and in the Temporal UI while it lasts. */
export async function whilePending<T>(turn: OpenTurn, item: PendingItem, work: () => Promise<T>): Promise<T> {
  turn.pending.add(item);
  describe(turn);
  try {
    return await work();
  } finally {
    turn.pending.delete(item);
    describe(turn);
  }
}

function firstRef(input: TurnInput, runId: string): TurnRef {
  const { app, threadId, tenant, workspace, agent } = input;
  return {
    app,
    threadId,
    runId,
    turn: input.turn ?? runId,
    ...(tenant === undefined ? {} : { tenant }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(agent === undefined ? {} : { agent }),
  };
}

function status(turn: OpenTurn): TurnStatus {
  const queued = turn.inbox.queue.map((prompt) => prompt.runId);
  return { runId: turn.ref.runId, turn: turn.ref.turn, step: turn.state.step, doing: doing(turn), queued };
}

function describe(turn: OpenTurn): void {
  const agent = turn.ref.agent ?? "coordinator";
  setCurrentDetails(`**${agent}**, step ${turn.state.step}: ${doing(turn)}`);
}

function doing(turn: OpenTurn): string {
  const items = [...turn.pending].map((item) => `${item.kind} ${item.name}`);
  return items.length === 0 ? "deciding" : `waiting for ${items.join(", ")}`;
}
