import { Hono } from "hono";
import * as z from "zod";
import { redactJson } from "../../lib/redact-json.ts";
import { parseInput } from "./parse-input.ts";
import type { ServerEnv } from "./server-env.ts";
import { runtimeOf, type Workspaces } from "./workspaces.ts";

const WorkspaceQuery = z.strictObject({ workspace: z.string().optional() });

/** What a reference stands for. The token of this API is in none of it. */
export function referenceRoutes(workspaces: Workspaces & { readonly token: string }): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();

  routes.get("/:kind/:id", async (c) => {
    const { workspace } = parseInput(WorkspaceQuery, c.req.query(), "query");
    const { kind, id } = c.req.param();
    const { glimpse, value, start, ...known } = await runtimeOf(workspaces, workspace).references.get({ kind, id });
    const shown = redactJson({ glimpse, value, start }, [workspaces.token]);
    return c.json({ schemaVersion: 1, ...known, ...(shown as object) }); // the same fields
  });

  return routes;
}
