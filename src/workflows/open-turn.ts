import { allHandlersFinished, setCurrentDetails, setHandler, workflowInfo } from "@temporalio/workflow";
import { gateText } from "../engine/gate-text.ts";
import { INITIAL_TURN } from "../engine/turn-step.ts";
import { SHOWN_GATES } from "../protocol/limits/gate.ts";
import type { Carried, FirstStep, TurnInput, TurnRef, TurnState } from "../protocol/turn.ts";
import { type TurnGates, turnGates } from "./turn-gates.ts";
import { pendingQuery, statusQuery, TurnInbox, type PendingItem, type TurnStatus } from "./turn-inbox.ts";

/** A turn while its workflow runs. */
export interface OpenTurn {
  readonly input: TurnInput;
  readonly first: FirstStep;
  readonly inbox: TurnInbox;
  readonly gates: TurnGates;
  readonly depth: number;
  ref: TurnRef;
  state: TurnState;
  /** Routed turns begun so far; numbers their ids. */
  childCount: number;
  /** What runs right now, for people. */
  readonly pending: Set<PendingItem>;
  /** What the desks beside the turn are recording right now. */
  atDesks: number;
}

/** Finds out which turn this execution is and registers its handlers, signals first. */
export function openTurn(input: TurnInput, carried: Carried | undefined): OpenTurn {
  const info = workflowInfo();
  const runId = input.runId ?? `run_${info.firstExecutionRunId}`;
  const turn: OpenTurn = {
    input,
    first: { input, workflowId: info.workflowId, executionId: info.firstExecutionRunId },
    inbox: new TurnInbox(runId, carried?.queue ?? []),
    gates: turnGates(),
    depth: input.parent?.depth ?? 0,
    ref: carried?.turn?.ref ?? firstRef(input, runId),
    state: carried?.turn?.state ?? INITIAL_TURN,
    childCount: carried?.turn?.childCount ?? 0,
    pending: new Set(),
    atDesks: 0,
  };
  setHandler(statusQuery, () => status(turn), {
    description: "Which step the turn is at, and which prompts wait behind it.",
  });
  setHandler(pendingQuery, () => [...turn.pending], { description: "What the turn waits for right now." });
  return turn;
}

/** Whether everything that arrived was dealt with, so that the workflow may close without leaving any of it behind. */
export function isQuiet({ inbox, gates, atDesks }: OpenTurn): boolean {
  return atDesks === 0 && inbox.dropped.length === 0 && gates.inbox.isEmpty && allHandlersFinished();
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
  const closing = turn.inbox.dropped.map(({ prompt }) => prompt.runId);
  return { runId: turn.ref.runId, turn: turn.ref.turn, step: turn.state.step, doing: doing(turn), queued, closing };
}

function describe(turn: OpenTurn): void {
  const agent = turn.ref.agent ?? "coordinator";
  const head = `**${agent}**, step ${turn.state.step}: ${doing(turn)}`;
  setCurrentDetails([head, ...gateTexts(turn)].join("\n\n"));
}

/** What waits for people and how to answer it. */
function gateTexts({ gates }: OpenTurn): readonly string[] {
  const waiting = [...gates.waiting.values()];
  const texts = waiting.slice(0, SHOWN_GATES).map((gate) => gateText(gate, workflowInfo().workflowId));
  const more = waiting.length - texts.length;
  return more === 0 ? texts : [...texts, `${more} more calls wait; the query \`pending\` names them all.`];
}

function doing(turn: OpenTurn): string {
  const items = [...turn.pending].map((item) => `${item.kind} ${item.name}`);
  return items.length === 0 ? "deciding" : `waiting for ${items.join(", ")}`;
}
