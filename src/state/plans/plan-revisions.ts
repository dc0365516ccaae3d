import type { Kysely } from "kysely";
import * as z from "zod";
import { ContentHash } from "../../protocol/ids.ts";
import { JsonObject } from "../../protocol/json.ts";
import { INLINE_MESSAGE_BYTES } from "../../protocol/limits/store.ts";
import { PLAN_REQUESTERS } from "../../protocol/limits/plan.ts";
import { ActionPreview, PlanBody, type PlanId } from "../../protocol/plan.ts";
import { type Askers, withAsker } from "../../protocol/requester.ts";
import { type NewBlob, insertBlobs } from "../blobs/blobs.ts";
import { encodeBlob } from "../blobs/codec.ts";
import { contentHash } from "../blobs/content-hash.ts";
import type { ScopeKey, ScopedTransaction } from "../database.ts";
import { keepClosedGate } from "./gates.ts";
import type { NewRevision, PlanRecord, PlanRevision, RevisionStored } from "../plan-port.ts";
import { lockPlan, planRecord } from "./plan-row.ts";
import type { BlobStore } from "../port.ts";
import { pinReferences } from "../references/reference-pins.ts";
import type { PlanRevisionRow, PlanRow, StateTables } from "../schema.ts";
import { parseStored, parseStoredJson } from "../stored-json.ts";

/** A revision ready to be written, with the blobs of what is too large for a row. */
export interface EncodedRevision {
  readonly revision: NewRevision;
  readonly body: EncodedText;
  readonly document: EncodedText;
}

/** Does the work that needs no transaction: serialising, hashing and compressing. */
export async function encodeRevision(revision: NewRevision): Promise<EncodedRevision> {
  return { revision, body: await encodeText(revision.body), document: await encodeText(revision.document) };
}

/** The first or the next revision of a draft, with pins on all that it refers to. */
export async function storeRevision(context: ScopedTransaction, encoded: EncodedRevision): Promise<RevisionStored> {
  const { revision } = encoded;
  const first = newPlan(context.scope, revision);
  if (await insertPlan(context, first)) {
    await writeRevision(context, encoded, first);
    return { kind: "stored", plan: planRecord(first) };
  }
  const current = await lockPlan(context, revision.planId);
  if (current.app !== first.app) return { kind: "other-app", plan: planRecord(current) };
  if (current.status !== "draft") return { kind: "not-draft", plan: planRecord(current) };
  const plan = planRecord(current);
  if (current.agent !== first.agent) return { kind: "other-agent", plan };
  if (current.plan_hash === revision.planHash) return { kind: "same", plan };
  if (withAsker(askers(plan), revision.origin.requestedBy).alsoAskedBy.length >= PLAN_REQUESTERS)
    return { kind: "too-many-askers", plan };
  return { kind: "stored", plan: planRecord(await replaceRevision(context, encoded, current)) };
}

/** Puts a revision in the place of the one before it. The caller holds the plan and has seen that it is a draft. */
export async function replaceRevision(
  context: ScopedTransaction,
  encoded: EncodedRevision,
  current: PlanRow,
): Promise<PlanRow> {
  const { alsoAskedBy } = withAsker(askers(planRecord(current)), encoded.revision.origin.requestedBy);
  const next: PlanRow = {
    ...newPlan(context.scope, encoded.revision),
    also_asked_by: alsoAskedBy.length === 0 ? null : JSON.stringify(alsoAskedBy),
    revision: current.revision + 1,
    fence: current.fence,
    created_at: current.created_at,
  };
  await context.tx
    .updateTable("plans")
    .set(next)
    .where((is) => is.and({ ...context.scope, plan_id: current.plan_id }))
    .execute();
  await keepClosedGate(context, current, next);
  await writeRevision(context, encoded, next);
  return next;
}

/** The rows of a plan's revisions, oldest first. */
export async function listRevisions(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  planId: PlanId,
): Promise<readonly PlanRevisionRow[]> {
  return await selectRevisions(db, scope, planId).orderBy("revision").execute();
}

/** The row of a plan's last revision, which is the one that counts. */
export async function lastRevision(
  db: Kysely<StateTables>,
  scope: ScopeKey,
  planId: PlanId,
): Promise<PlanRevisionRow | undefined> {
  return await selectRevisions(db, scope, planId).orderBy("revision", "desc").limit(1).executeTakeFirst();
}

/** A stored revision as callers see it. */
export async function readRevision(row: PlanRevisionRow, blobs: BlobStore): Promise<PlanRevision> {
  const what = `revision ${row.revision} of plan ${row.plan_id}`;
  const head = {
    revision: row.revision,
    specHash: row.spec_hash,
    planHash: row.plan_hash,
    editedBy: row.edited_by,
    requestedBy: row.requested_by,
    agent: row.agent,
    at: row.at,
  };
  const { editedBy, requestedBy, ...stored } = parseStored(StoredRevision, head, what);
  return {
    ...stored,
    body: parseStoredJson(PlanBody, await storedText(row.body, row.body_blob, blobs), what),
    document: parseStoredJson(JsonObject, await storedText(row.document, row.document_blob, blobs), what),
    editedBy: editedBy === null ? null : parseStoredJson(z.string(), editedBy, what),
    requestedBy: requestedBy === null ? null : parseStoredJson(z.string(), requestedBy, what),
    previews: row.previews === null ? null : parseStoredJson(z.array(ActionPreview), row.previews, what),
  };
}

const StoredRevision = z.strictObject({
  revision: z.number().int().positive(),
  specHash: ContentHash,
  planHash: ContentHash,
  editedBy: z.string().nullable(),
  requestedBy: z.string().nullable(),
  agent: z.string().nullable(),
  at: z.iso.datetime(),
});

function selectRevisions(db: Kysely<StateTables>, scope: ScopeKey, planId: PlanId) {
  return db
    .selectFrom("plan_revisions")
    .selectAll()
    .where((is) => is.and({ ...scope, plan_id: planId }));
}

interface EncodedText {
  readonly inline: string | null;
  readonly blob: NewBlob | null;
}

async function encodeText(value: PlanBody | JsonObject): Promise<EncodedText> {
  const text = JSON.stringify(value);
  const content = Buffer.from(text);
  if (content.byteLength <= INLINE_MESSAGE_BYTES) return { inline: text, blob: null };
  return {
    inline: null,
    blob: { hash: contentHash(content), encoded: await encodeBlob(content), expiresAt: null },
  };
}

async function storedText(inline: string | null, blob: string | null, blobs: BlobStore): Promise<string> {
  if (blob === null) return inline ?? "";
  return Buffer.from(await blobs.get(parseStored(ContentHash, blob, "hash of a plan"))).toString();
}

function newPlan(scope: ScopeKey, revision: NewRevision): PlanRow {
  const { origin } = revision;
  const now = new Date().toISOString();
  return {
    ...scope,
    plan_id: revision.planId,
    spec: revision.spec,
    app: JSON.stringify(origin.app),
    status: "draft",
    revision: 1,
    plan_hash: revision.planHash,
    run_id: origin.runId,
    turn: origin.turn,
    agent: origin.agent,
    requested_by: JSON.stringify(origin.requestedBy),
    also_asked_by: null,
    workflow_id: revision.workflowId,
    gate: null,
    gate_id: null,
    gate_opened_at: null,
    approved_gate: null,
    fence: 0,
    result: null,
    error: null,
    created_at: now,
    updated_at: now,
  };
}

function askers({ origin, alsoAskedBy }: PlanRecord): Askers {
  return { requestedBy: origin.requestedBy, alsoAskedBy };
}

async function insertPlan({ tx }: ScopedTransaction, row: PlanRow): Promise<boolean> {
  const inserted = await tx
    .insertInto("plans")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning("plan_id")
    .executeTakeFirst();
  return inserted !== undefined;
}

/** The caller holds the plan. */
async function writeRevision(context: ScopedTransaction, encoded: EncodedRevision, plan: PlanRow): Promise<void> {
  const { revision, body, document } = encoded;
  const handles = revision.body.actions.flatMap((action) => action.references);
  await pinReferences(context, revision.planId, handles);
  const blobs = [body.blob, document.blob].filter((blob) => blob !== null);
  await insertBlobs(context.tx, context.scope, blobs);
  await context.tx
    .insertInto("plan_revisions")
    .values({
      ...context.scope,
      plan_id: revision.planId,
      revision: plan.revision,
      spec: revision.spec,
      spec_hash: revision.specHash,
      plan_hash: revision.planHash,
      body: body.inline,
      body_blob: body.blob?.hash ?? null,
      document: document.inline,
      document_blob: document.blob?.hash ?? null,
      edited_by: revision.editedBy === null ? null : JSON.stringify(revision.editedBy),
      requested_by: plan.requested_by,
      agent: plan.agent,
      at: plan.updated_at,
      previews: null,
    })
    .execute();
}
