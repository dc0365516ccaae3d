import { Hono } from "hono";
import * as z from "zod";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { MAX_PAGE_SIZE } from "../../protocol/limits/store.ts";
import { decide } from "./decide.ts";
import { gateDetail, gateDocument } from "./gate-document.ts";
import { parseInput, WholeNumber } from "./parse-input.ts";
import type { ServerEnv } from "./server-env.ts";
import { runtimeOf, type Workspaces } from "./workspaces.ts";

const WorkspaceQuery = z.strictObject({ workspace: z.string().optional() });
const ListQuery = WorkspaceQuery.extend({
  limit: WholeNumber.pipe(z.number().min(1).max(MAX_PAGE_SIZE)).optional(),
  after: z.string().max(1000).optional(),
});

/** What waits for people, plans and tool calls alike, and the answers to it. */
export function approvalRoutes(workspaces: Workspaces): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();

  routes.get("/", async (c) => {
    const { workspace, ...page } = parseInput(ListQuery, c.req.query(), "query");
    const { items, next } = await runtimeOf(workspaces, workspace).approvals.list(withoutUndefined(page));
    return c.json({ schemaVersion: 1, items: items.map(gateDocument), next });
  });

  routes.get("/:id", async (c) => {
    const { workspace } = parseInput(WorkspaceQuery, c.req.query(), "query");
    const { approvals, plans } = runtimeOf(workspaces, workspace);
    const detail = await approvals.get(c.req.param("id"));
    const { subject } = detail.gate;
    return c.json(gateDetail(detail, subject.kind === "plan" ? await plans.card(subject.planId) : null));
  });

  routes.post("/:id/decisions", (c) => decide(workspaces, c));

  return routes;
}
