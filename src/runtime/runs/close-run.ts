import { BridleError, type ErrorInfo } from "../../protocol/errors.ts";
import type { EventDraft } from "../../protocol/event.ts";
import { TurnId } from "../../protocol/ids.ts";
import type { RunRecord } from "../../protocol/run.ts";
import type { ScopedStore, TurnClose } from "../../state/port.ts";

/** An attempt number of ours, above those of any activity: whoever closes first wins in any case. */
const OUTSIDE_ATTEMPT = 1_000_000;

/** Ends a run from outside of its workflow: as lost, with what became of it, or as cancelled when there is no error. */
export async function closeRun({ steps }: ScopedStore, run: RunRecord, error: ErrorInfo | null): Promise<void> {
  const { runId, agent, threadId, usage } = run;
  const turn = TurnId.parse(runId);
  const attempt = { runId, turn, step: "end", attempt: OUTSIDE_ATTEMPT, execution: "reconcile" };
  const begun = await steps.begin(attempt);
  if (begun.kind === "done") return;
  const end = error === null ? CANCELLED : FAILED;
  const close: TurnClose = { isRoot: true, agent, threadId, ...end, text: "", error, head: null };
  const finish: EventDraft = {
    key: `${turn}:end:finish`,
    turn,
    agent,
    body: { type: "finish", reason: end.finish, text: "", usage },
  };
  const told: readonly EventDraft[] =
    error === null ? [] : [{ key: `${turn}:end:error`, turn, agent, body: { type: "error", ...error } }];
  await steps.commit(attempt, { result: null, close, events: [...told, finish] }).catch((refused: unknown) => {
    // Whatever ended the run in the meantime was first.
    if (!(refused instanceof BridleError) || refused.code !== "STEP_SUPERSEDED") throw refused;
  });
}

const FAILED = { status: "failed", finish: "error" } as const;
const CANCELLED = { status: "cancelled", finish: "cancelled" } as const;
