import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from "@temporalio/client";
import { type AnswerRefusal, judgeAnswer, refuseWithoutNote } from "../../engine/judge-answer.ts";
import { ANONYMOUS } from "../../engine/may-decide.ts";
import { isFinalStatus } from "../../engine/stands-still.ts";
import { InputError, StateError } from "../../protocol/errors.ts";
import { Answer, RefusalCode } from "../../protocol/gate.ts";
import { EDIT_TTL_MS, PLAN_BODY_BYTES } from "../../protocol/limits.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import type { AnswerResult } from "../../protocol/plan-flow.ts";
import type { ScopedStore } from "../../state/port.ts";
import { newId } from "../new-id.ts";
import type { ScopePlace } from "../run-place.ts";
import { reconcileRun } from "../runs/reconcile-run.ts";
import { guardTemporal } from "../temporal/guard-temporal.ts";
import { type ApprovalSubject, findSubject } from "./approval-subject.ts";
import { type Approver, type NamedAnswer, signedBy } from "./approver.ts";

/** How someone answers what waits. Without a content hash the answer is for the content as it is when it arrives. */
export type ApprovalResponse = Omit<Answer, "gate" | "signature" | "editsHash">;

/** What an answer did. `recorded` means that no worker was there to judge it: it is kept, and the next one will. */
export type ApprovalResult = AnswerResult | { readonly kind: "recorded"; readonly decisionId: string };

/** How long a worker has to judge an answer before it is left for the next one. */
const ANSWER_TIMEOUT_MS = 10_000;

/** An answer on its way to what waits under an id. */
export interface ApprovalRequest {
  readonly id: string;
  readonly response: ApprovalResponse;
  /** Signs the answer when this process holds a key. */
  readonly approver: Approver;
}

/** Looks into the store, opens the server only when something may still wait for the answer, and tells what came of it. */
export async function respondToApproval(
  store: ScopedStore,
  openSession: () => Promise<ScopePlace["session"]>,
  { id, response, approver }: ApprovalRequest,
): Promise<ApprovalResult> {
  const subject = await findSubject(store, id);
  if (subject === null) return unknownSubject(id);
  const said = await withStoredEdits(store, readAnswer(response, subject, id));
  const answer = await signedBy(approver, said, async () => (await findSubject(store, id)) ?? subject);
  if (subject.status === "closed" || isOver(subject)) return refuseClosed(subject, answer);
  const noNote = refuseWithoutNote(answer);
  if (noNote !== null) return keepRefusal(subject, answer, noNote);
  const session = await openSession();
  const now = async (): Promise<ApprovalSubject> => (await findSubject(store, id)) ?? subject;
  try {
    const result = await ask(session, subject, answer);
    if (result !== null) return result;
    await leaveBehind(session, subject, answer);
    return await readBack(await now(), answer);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      await closeLostRun({ store, session }, subject);
      return refuseClosed(await now(), answer);
    }
    // The workflow ended with the answer in hand; what it recorded is in the store.
    if (error instanceof WorkflowUpdateFailedError) return readClosed(await now(), answer);
    throw error;
  }
}

/** A call whose turn is gone waits for nobody; its run is closed with all that waits, as by whoever reads the run. */
async function closeLostRun(place: Pick<ScopePlace, "store" | "session">, { runId }: ApprovalSubject): Promise<void> {
  const run = runId === null ? null : await place.store.runs.get(runId);
  if (run !== null) await reconcileRun(place, run);
}

function readAnswer(response: ApprovalResponse, { subject }: ApprovalSubject, id: string): NamedAnswer {
  // Any id but the plan's own is the id of a gate, which may be closed by now.
  const isPlan = subject.kind === "plan" && subject.planId === id;
  const given = { channel: "host", ...response, ...(isPlan ? {} : { gate: id }) };
  const parsed = Answer.safeParse(given);
  if (parsed.success) return { ...parsed.data, decisionId: parsed.data.decisionId ?? newId("decision") };
  const told = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  throw new InputError("INPUT_INVALID", `The answer is not valid: ${told}.`);
}

/** A plan's body is too large for history: it is stored, and its hash travels. */
async function withStoredEdits({ blobs }: ScopedStore, { edits, ...answer }: NamedAnswer): Promise<NamedAnswer> {
  if (edits === undefined) return answer;
  const content = Buffer.from(JSON.stringify(edits) ?? "null");
  if (content.byteLength <= PLAN_BODY_BYTES)
    return { ...answer, editsHash: await blobs.put(content, { ttlMs: EDIT_TTL_MS }) };
  const message = `The edited body has ${content.byteLength} bytes; at most ${PLAN_BODY_BYTES} are accepted.`;
  throw new InputError("INPUT_INVALID", message, { hint: "Pass data as a reference." });
}

function unknownSubject(id: string): AnswerResult {
  return {
    kind: "refused",
    code: "unknown_plan",
    message: `There is no plan and no gate ${JSON.stringify(id)} in this workspace.`,
  };
}

function isOver({ status }: ApprovalSubject): boolean {
  return status !== "open" && status !== "closed" && isFinalStatus(status);
}

/** Null when no worker answered in time. */
async function ask(
  session: ScopePlace["session"],
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

/** The signal waits in the workflow's history until a worker comes. */
async function leaveBehind(
  session: ScopePlace["session"],
  subject: ApprovalSubject,
  answer: NamedAnswer,
): Promise<void> {
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

async function readBack(subject: ApprovalSubject, answer: NamedAnswer): Promise<ApprovalResult> {
  const record = await ownRecord(subject, answer);
  return record === undefined ? { kind: "recorded", decisionId: answer.decisionId } : resultOf(subject, record);
}

async function readClosed(subject: ApprovalSubject, answer: NamedAnswer): Promise<AnswerResult> {
  const record = await ownRecord(subject, answer);
  return record === undefined ? refuseClosed(subject, answer) : resultOf(subject, record);
}

async function ownRecord(subject: ApprovalSubject, answer: NamedAnswer): Promise<DecisionRecord | undefined> {
  return (await subject.decisions()).findLast(({ decisionId }) => decisionId === answer.decisionId);
}

function resultOf(
  { status, gateId }: ApprovalSubject,
  { decisionId, decision, refused }: DecisionRecord,
): AnswerResult {
  if (refused !== null) {
    const code = RefusalCode.catch("closed").parse(refused);
    return { kind: "refused", code, message: `The answer was refused: ${refused}.` };
  }
  if (status === "open") return { kind: "counted", decisionId, status: "draft", waitsForMore: true };
  if (status === "closed")
    return {
      kind: "counted",
      decisionId,
      status: decision === "approve" ? "approved" : "rejected",
      waitsForMore: false,
    };
  return { kind: "counted", decisionId, status, waitsForMore: status === "draft" && gateId !== null };
}

/** Nothing runs that could count the answer: it is judged as one that came too late, and kept. */
async function refuseClosed(subject: ApprovalSubject, answer: NamedAnswer): Promise<AnswerResult> {
  const { contentHash, status } = subject;
  const at = new Date().toISOString();
  const earlier = await subject.decisions();
  const judged = judgeAnswer({ gate: null, contentHash, status, answer, earlier, at, authn: "none", mode: "open" });
  if (judged.kind !== "refused") throw new Error("an answer without a gate cannot count");
  return keepRefusal(subject, answer, judged);
}

/** What is refused before any workflow hears of it is kept too. */
async function keepRefusal(
  { contentHash, revision, gateId, keep }: ApprovalSubject,
  answer: NamedAnswer,
  { code, message }: AnswerRefusal,
): Promise<AnswerResult> {
  await keep({
    decisionId: answer.decisionId,
    gate: answer.gate ?? gateId ?? "",
    contentHash,
    decision: answer.decision,
    by: answer.by ?? ANONYMOUS,
    at: new Date().toISOString(),
    authn: "none",
    channel: answer.channel ?? "host",
    note: answer.note ?? null,
    revision,
    refused: code,
  });
  return { kind: "refused", code, message };
}
