import type { RunRecord } from "../../protocol/run.ts";

/** A run as scripts see it. */
export interface RunDocument extends Pick<
  RunRecord,
  | "runId"
  | "threadId"
  | "agent"
  | "status"
  | "workflowId"
  | "executionId"
  | "promptPreview"
  | "text"
  | "finish"
  | "usage"
  | "createdAt"
  | "endedAt"
  | "lastSeq"
> {
  readonly schemaVersion: 1;
  readonly planIds: readonly string[];
  readonly error?: NonNullable<RunRecord["error"]>;
}

/** The stable document of a run: what is stored about it without the hashes that only we can use, and the plans it stored. */
export function runDocument(run: RunRecord, planIds: readonly string[]): RunDocument {
  const { app: _app, namespace: _namespace, promptHash: _prompt, manifestHash: _manifest, error, ...shown } = run;
  return { schemaVersion: 1, ...shown, planIds, ...(error === null ? {} : { error }) };
}

/** A run in lists, which do not look for plans. */
export function listedRun(run: RunRecord): RunDocument {
  return runDocument(run, []);
}
