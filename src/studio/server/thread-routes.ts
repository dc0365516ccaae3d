import { Hono } from "hono";
import * as z from "zod";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { MAX_PAGE_SIZE } from "../../protocol/limits/store.ts";
import { parseInput, WholeNumber } from "./parse-input.ts";
import type { ServerEnv } from "./server-env.ts";
import { runtimeOf, type Workspaces } from "./workspaces.ts";

const WorkspaceQuery = z.strictObject({ workspace: z.string().optional() });
const ListQuery = z.strictObject({
  workspace: z.string().optional(),
  limit: WholeNumber.pipe(z.number().min(1).max(MAX_PAGE_SIZE)).optional(),
  after: z.string().max(1000).optional(),
});

/** Threads and what was said in them. */
export function threadRoutes(workspaces: Workspaces): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();

  routes.get("/", async (c) => {
    const { workspace, ...page } = parseInput(ListQuery, c.req.query(), "query");
    const { items, next } = await runtimeOf(workspaces, workspace).threads.list(withoutUndefined(page));
    return c.json({ schemaVersion: 1, items: items.map((thread) => ({ schemaVersion: 1, ...thread })), next });
  });

  routes.get("/:id", async (c) => {
    const { workspace } = parseInput(WorkspaceQuery, c.req.query(), "query");
    return c.json({ schemaVersion: 1, ...(await runtimeOf(workspaces, workspace).threads.get(c.req.param("id"))) });
  });

  routes.get("/:id/transcript", async (c) => {
    const { workspace } = parseInput(WorkspaceQuery, c.req.query(), "query");
    return c.json(await runtimeOf(workspaces, workspace).threads.transcript(c.req.param("id")));
  });

  return routes;
}
