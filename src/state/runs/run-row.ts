import { RunRecord, RunStatus } from "../../protocol/run.ts";
import type { RunRow } from "../schema.ts";
import { parseStored, parseText } from "../stored-json.ts";

/** A stored run as callers see it. */
export function runRecord(row: RunRow): RunRecord {
  const what = `run ${row.run_id}`;
  const record = {
    runId: row.run_id,
    threadId: row.thread_id,
    app: row.app,
    agent: row.agent,
    status: row.status,
    workflowId: row.workflow_id,
    executionId: row.execution_id,
    namespace: row.namespace,
    requestedBy: parseText(row.requested_by, what),
    promptHash: row.prompt_hash,
    promptPreview: parseText(row.prompt_preview, what),
    manifestHash: row.manifest_hash,
    finish: row.finish,
    text: parseText(row.text, what),
    error: parseText(row.error, what),
    usage: {
      inputTokens: row.input_tokens,
      outputTokens: row.output_tokens,
      cacheReadTokens: row.cache_read_tokens,
      cacheWriteTokens: row.cache_write_tokens,
    },
    createdAt: row.created_at,
    endedAt: row.ended_at,
    lastSeq: row.last_seq,
  };
  return parseStored(RunRecord, record, what);
}

/** The status of a stored run. */
export function runStatus(row: Pick<RunRow, "status">): RunStatus {
  return parseStored(RunStatus, row.status, "run status");
}
