import { WorkflowNotFoundError, WorkflowUpdateFailedError } from "@temporalio/client";
import { refuseWithoutNote } from "../../engine/judge-answer.ts";
import { isFinalStatus } from "../../engine/stands-still.ts";
import { InputError } from "../../protocol/errors.ts";
import { Answer, RefusalCode } from "../../protocol/gate.ts";
import { EDIT_TTL_MS } from "../../protocol/limits/gate.ts";
import { PLAN_BODY_BYTES } from "../../protocol/limits/plan.ts";
import type { DecisionRecord } from "../../protocol/plan.ts";
import type { AnswerResult } from "../../protocol/plan-flow.ts";
import type { ScopedStore } from "../../state/port.ts";
import { newId } from "../new-id.ts";
import { parseContentHash } from "../parse-id.ts";
import type { ScopePlace } from "../place.ts";
import { reconcileRun } from "../runs/reconcile-run.ts";
import { type ApprovalSubject, findSubject } from "./approval-subject.ts";
import { type Approver, type NamedAnswer, signedBy } from "./approver.ts";
import { keepRefusal, refuseClosed, refuseLost } from "./refuse-answer.ts";
import { askWorker, leaveForWorker } from "./send-answer.ts";

/** How someone answers what waits. Without a content hash the answer is for the content as it is when it arrives. */
export type ApprovalResponse = Omit<Answer, "gate" | "signature" | "editsHash">;

/** What an answer did. `recorded` means that no worker was there to judge it: it is kept, and the next one will. */
export type ApprovalResult = AnswerResult | { readonly kind: "recorded"; readonly decisionId: string };

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
  if (response.contentHash !== undefined) parseContentHash(response.contentHash);
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
    const result = await askWorker(session, subject, answer);
    if (result !== null) return result;
    await leaveForWorker(session, subject, answer);
    return await readBack(await now(), answer);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      await closeLostRun({ store, session }, subject);
      return refuseLost(await now(), answer);
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
