import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as z from "zod";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { Answer, type RefusalCode } from "../../protocol/gate.ts";
import type { ApprovalResult } from "../../runtime/approvals/respond-to-approval.ts";
import { parseBody, parseInput } from "./parse-input.ts";
import type { ServerEnv } from "./server-env.ts";
import { runtimeOf, type Workspaces } from "./workspaces.ts";

const WorkspaceQuery = z.strictObject({ workspace: z.string().optional() });
/** The server signs what it is told, `editsHash` it makes itself; `planHash` is what a plan's document calls its content hash. */
const DecisionBody = Answer.omit({ channel: true, gate: true, signature: true, editsHash: true }).extend({
  planHash: z.string().optional(),
});

/** Answers what waits under the id of the path, a plan or a gate, and tells what came of it. */
export async function decide(workspaces: Workspaces, c: Context<ServerEnv, "/:id/decisions">): Promise<Response> {
  const { workspace } = parseInput(WorkspaceQuery, c.req.query(), "query");
  const { planHash, contentHash = planHash, ...body } = parseBody(DecisionBody, c.get("body"));
  const runtime = runtimeOf(workspaces, workspace);
  const response = withoutUndefined({ ...body, contentHash, channel: "http" });
  const result = await runtime.respondToApproval(c.req.param("id"), response);
  return c.json({ schemaVersion: 1, result }, statusOf(result));
}

/** The HTTP status of what an answer did. */
export function statusOf(result: ApprovalResult): ContentfulStatusCode {
  if (result.kind === "refused") return REFUSALS[result.code] ?? 409;
  return result.kind === "recorded" ? 202 : 200;
}

/** All other refusals are conflicts with what was decided or changed before. */
const REFUSALS: { readonly [Code in RefusalCode]?: ContentfulStatusCode } = {
  unknown_plan: 404,
  unsigned: 403,
  bad_signature: 403,
  forbidden: 403,
  invalid_edit: 422,
  note_missing: 422,
};
