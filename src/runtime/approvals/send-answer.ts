import { WorkflowUpdateRPCTimeoutOrCancelledError } from "@temporalio/client";
import { StateError } from "../../protocol/errors.ts";
import type { AnswerResult } from "../../protocol/plan-flow.ts";
import type { Session } from "../session.ts";
import { guardTemporal } from "../temporal/guard-temporal.ts";
import type { ApprovalSubject } from "./approval-subject.ts";
import type { NamedAnswer } from "./approver.ts";

/** How long a worker has to judge an answer before it is left for the next one. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Asks a worker to judge an answer at once; null when none answered in time. */
export async function askWorker(
  session: Session,
  { workflowId }: ApprovalSubject,
  answer: NamedAnswer,
): Promise<AnswerResult | null> {
  const handle = session.client.workflow.getHandle(workflowId);
  const update = async (): Promise<AnswerResult | null> => {
    try {
      return await handle.executeUpdate<AnswerResult, [unknown]>("respond", { args: [answer] });
    } catch (error) {
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return null;
      throw error;
    }
  };
  return guardTemporal(session, update, ANSWER_TIMEOUT_MS);
}

/** Leaves an answer in the workflow's history, as a signal, for the next worker. */
export async function leaveForWorker(session: Session, subject: ApprovalSubject, answer: NamedAnswer): Promise<void> {
  const { decision } = answer;
  if (decision === "edit") {
    throw new StateError("NO_WORKER", "No worker answered, and an edit needs one to check it. Nothing was changed.", {
      retryable: true,
      hint: "Start `bridle worker` and send the edit again.",
    });
  }
  const handle = session.client.workflow.getHandle(subject.workflowId);
  await guardTemporal(session, () => handle.signal(decision, answer));
}
