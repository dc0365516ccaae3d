import type { RunRecord } from "../../protocol/run.ts";

/** A run in lists, as scripts see it. */
export interface RunSummary extends Pick<
  RunRecord,
  | "runId"
  | "threadId"
  | "agent"
  | "status"
  | "workflowId"
  | "executionId"
  | "requestedBy"
  | "promptPreview"
  | "text"
  | "finish"
  | "usage"
  | "createdAt"
  | "endedAt"
  | "lastSeq"
> {
  readonly schemaVersion: 1;
  readonly error?: NonNullable<RunRecord["error"]>;
}

/** A run as scripts see it. */
export interface RunDocument extends RunSummary {
  readonly planIds: readonly string[];
}

/** The stable document of a run, with the plans that it stored. */
export function runDocument(run: RunRecord, planIds: readonly string[]): RunDocument {
  return { ...runSummary(run), planIds };
}

/** What is stored about a run without the hashes that only we can use; lists do not look for plans, so they say nothing of them. */
export function runSummary(run: RunRecord): RunSummary {
  const { app: _app, namespace: _namespace, promptHash: _prompt, manifestHash: _manifest, error, ...shown } = run;
  return { schemaVersion: 1, ...shown, ...(error === null ? {} : { error }) };
}
