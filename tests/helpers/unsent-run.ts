import { RunId, ThreadId } from "../../src/protocol/ids.ts";
import { threadWorkflowId } from "../../src/protocol/workflow-id.ts";
import type { OpenRuntime } from "./open-runtime.ts";
import { storeOf } from "./store-of.ts";

interface UnsentRun {
  readonly runId: string;
  readonly threadId: string;
  readonly prompt: string;
  readonly status: "starting" | "queued";
}

/** Leaves a run as its request does before the server has heard of it: a row for the agent "worker", and no workflow. */
export async function storeUnsentRun(open: OpenRuntime, { runId, threadId, ...run }: UnsentRun): Promise<void> {
  const { app } = open.runtime;
  await storeOf(open).runs.create({
    ...run,
    runId: RunId.parse(runId),
    threadId: ThreadId.parse(threadId),
    app: app.app,
    agent: "worker",
    workflowId: threadWorkflowId(app, threadId),
    requestedBy: null,
    manifestHash: null,
    namespace: "default",
  });
}
