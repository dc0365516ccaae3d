import { type Context, Hono } from "hono";
import * as z from "zod";
import { InputError } from "../../protocol/errors.ts";
import { RunId, ThreadId } from "../../protocol/ids.ts";
import { MAX_PAGE_SIZE } from "../../protocol/limits/store.ts";
import { PersonName } from "../../protocol/person-name.ts";
import { type RunRecord, RunStatus } from "../../protocol/run.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import type { Runtime } from "../../runtime/bind-runtime.ts";
import { parseBody, parseInput, WholeNumber } from "./parse-input.ts";
import { runSummary, runDocument } from "./run-document.ts";
import { runPlanIds } from "./run-plan-ids.ts";
import type { ServerEnv } from "./server-env.ts";
import { runtimeOf, type Workspaces } from "./workspaces.ts";

const NewRunBody = z.strictObject({
  prompt: z.string(),
  runId: RunId.optional(),
  threadId: ThreadId.optional(),
  workspace: z.string().optional(),
  agent: z.string().optional(),
  whenBusy: z.enum(["refuse", "queue"]).optional(),
  requestedBy: PersonName.optional(),
});
type NewRunBody = z.infer<typeof NewRunBody>;

const CancelBody = z.strictObject({ workspace: z.string().optional() });
const WorkspaceQuery = z.strictObject({ workspace: z.string().optional() });
const ListQuery = z.strictObject({
  workspace: z.string().optional(),
  limit: WholeNumber.pipe(z.number().min(1).max(MAX_PAGE_SIZE)).optional(),
  after: z.string().max(1000).optional(),
  threadId: ThreadId.optional(),
  status: RunStatus.optional(),
});

/** Starting, showing, listing and cancelling runs. */
export function runRoutes(workspaces: Workspaces): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();

  routes.post("/", async (c) => {
    const body = parseBody(NewRunBody, c.get("body"));
    const { workspace, runtime } = target(workspaces, c, body.workspace);
    const isKnown = body.runId !== undefined && (await hasRun(runtime, body.runId));
    const { runId, threadId, status } = await startRun(runtime, body);
    return c.json({ schemaVersion: 1, runId, threadId, status, workspace }, isKnown ? 200 : 202);
  });

  routes.get("/", async (c) => {
    const { workspace, ...filter } = parseInput(ListQuery, c.req.query(), "query");
    const page = await runtimeOf(workspaces, workspace).runs.list(withoutUndefined(filter));
    return c.json({ schemaVersion: 1, items: page.items.map(runSummary), next: page.next });
  });

  routes.get("/:id", async (c) => {
    const { runtime } = target(workspaces, c);
    const run = await runtime.runs.get(c.req.param("id"));
    return c.json(runDocument(run, await runPlanIds(runtime.plans, run.runId)));
  });

  routes.post("/:id/cancel", async (c) => {
    const body = parseBody(CancelBody, c.get("body"));
    const { workspace, runtime } = target(workspaces, c, body.workspace);
    const { runId, threadId, status } = await runtime.cancel(c.req.param("id"));
    return c.json({ schemaVersion: 1, runId, threadId, status, workspace }, 202);
  });

  return routes;
}

interface Target {
  readonly workspace: string;
  readonly runtime: Runtime;
}

/** The workspace that the query or the body names; naming two is a mistake of the caller, not a choice of ours. */
function target(workspaces: Workspaces, c: Context<ServerEnv>, named?: string): Target {
  const { workspace: queried } = parseInput(WorkspaceQuery, c.req.query(), "query");
  if (named !== undefined && queried !== undefined && named !== queried) {
    throw new InputError(
      "INPUT_INVALID",
      `The request names two workspaces: ${named} in its body, ${queried} in its query.`,
    );
  }
  const workspace = named ?? queried ?? workspaces.defaultWorkspace;
  return { workspace, runtime: runtimeOf(workspaces, workspace) };
}

async function hasRun(runtime: Runtime, runId: string): Promise<boolean> {
  try {
    await runtime.runs.get(runId);
    return true;
  } catch (error) {
    if (error instanceof InputError && error.code === "RUN_UNKNOWN") return false;
    throw error;
  }
}

/** Resolves once the run is durable: from then on it goes on without us. */
function startRun(
  runtime: Runtime,
  { prompt, agent, runId, threadId, whenBusy, requestedBy }: NewRunBody,
): Promise<RunRecord> {
  const options = withoutUndefined({ runId, threadId, whenBusy, requestedBy });
  const stream = agent === undefined ? runtime.query(prompt, options) : runtime.runSpecialist(agent, prompt, options);
  return stream.started;
}
