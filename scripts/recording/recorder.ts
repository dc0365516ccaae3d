import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { WorkflowHandle } from "@temporalio/client";
import { historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { planWorkflowId, threadWorkflowId, turnWorkflowId } from "../../src/protocol/workflow-id.ts";
import type { Runtime } from "../../src/runtime/bind-runtime.ts";
import type { RunStream } from "../../src/runtime/runs/run-stream.ts";
import type { Session } from "../../src/runtime/session.ts";
import { scrubHistory } from "./scrub-history.ts";

const TARGET = join(import.meta.dirname, "..", "..", "tests", "replay", "histories");

/** Everything a recording needs. */
export interface Recorder {
  readonly session: Session;
  readonly runtime: Runtime;
  /** The same agents with a model that never speaks. */
  readonly silent: Runtime;
}

/** Makes a run and writes the histories worth keeping. */
export type Recording = (recorder: Recorder) => Promise<void>;

/** Runs a script to its end, the workflow's end included. */
export async function query(recorder: Recorder, threadId: string, script: readonly unknown[]): Promise<RunStream> {
  const run = recorder.runtime.query(JSON.stringify(script), { threadId });
  await run.result();
  await closed(recorder, thread(threadId));
  return run;
}

interface Wait {
  readonly script: readonly unknown[];
  readonly for: string;
}

/** Runs a script up to where it waits for something. */
export async function waiting(recorder: Recorder, threadId: string, wait: Wait): Promise<RunStream> {
  const run = recorder.runtime.query(JSON.stringify(wait.script), { threadId });
  await until(async () => (await status(recorder, threadId)).doing.includes(wait.for));
  return run;
}

interface Execution {
  readonly workflowId: string;
  /** The latest when nothing is said. */
  readonly runId?: string | undefined;
}

/** Writes a history once its workflow has nothing to do. */
export async function save({ session }: Recorder, file: string, { workflowId, runId }: Execution): Promise<void> {
  const handle = session.client.workflow.getHandle(workflowId, runId);
  await until(async () => (await handle.describe()).raw.pendingWorkflowTask == null);
  const text = scrubHistory(historyToJSON(await handle.fetchHistory()));
  writeFileSync(join(TARGET, `${file}.json`), text);
  console.log(`  ${file}.json ${Math.round(text.length / 1024)} KiB`);
}

/** Waits until a workflow has ended. */
export async function closed({ session }: Recorder, workflowId: string): Promise<void> {
  await until(async () => (await session.client.workflow.getHandle(workflowId).describe()).status.name !== "RUNNING");
}

/** What a thread's turn is doing. */
export async function status(
  recorder: Recorder,
  threadId: string,
): Promise<{ doing: string; queued: readonly string[] }> {
  return (await untilStarted(recorder, thread(threadId))).query("status");
}

/** The kinds of what a turn waits for. */
export async function pending(recorder: Recorder, workflowId: string): Promise<readonly string[]> {
  const items = await (await untilStarted(recorder, workflowId)).query<readonly { kind: string }[]>("pending");
  return items.map((item) => item.kind);
}

/** The gates that wait in a turn, in the order they opened. */
export async function openGates(recorder: Recorder, workflowId: string): Promise<readonly string[]> {
  const handle = await untilStarted(recorder, workflowId);
  const items = await handle.query<readonly { gate?: string }[]>("pending");
  return items.flatMap(({ gate }) => gate ?? []);
}

async function untilStarted({ session }: Recorder, workflowId: string): Promise<WorkflowHandle> {
  const handle = session.client.workflow.getHandle(workflowId);
  await until(() =>
    handle.describe().then(
      () => true,
      () => false,
    ),
  );
  return handle;
}

/** The run ids of a workflow, oldest first. */
export async function executions({ session }: Recorder, workflowId: string): Promise<readonly string[]> {
  const { client } = session;
  const ids: string[] = [];
  let next = (await client.workflow.getHandle(workflowId).describe()).raw.workflowExecutionInfo?.firstRunId;
  while (next) {
    ids.push(next);
    const { events } = await client.workflow.getHandle(workflowId, next).fetchHistory();
    next = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return ids;
}

const SCOPE = { tenant: "acme", workspace: "replay" };

/** Workflow id of a thread. */
export function thread(threadId: string): string {
  return threadWorkflowId(SCOPE, threadId);
}

/** Workflow id of a routed turn. */
export function child(runId: string, agent: string, count: number): string {
  return turnWorkflowId(SCOPE, `${runId}/${agent}/${count}`);
}

/** Workflow id of a plan. */
export function planOf(planId: string): string {
  return planWorkflowId(SCOPE, planId);
}

/** Waits for a condition. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20);
}
