/**
 * The process that runs queries of models, one at a time; its parent ends it when one takes too long. It knows no
 * environment, gets the database's URL over its channel, and ends with its parent.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { QUERY_PROCESS_BYTES } from "../../protocol/limits/query.ts";
import type { QueryProcessAnswer, QueryProcessInput } from "./query-process-protocol.ts";
import { openQueryRunner, type QueryRunner } from "./query-runner.ts";

serve();

function serve(): void {
  new Worker(new URL(`./memory-watchdog${extname(import.meta.filename)}`, import.meta.url), {
    workerData: QUERY_PROCESS_BYTES,
    execArgv: [],
  }).unref();
  let runner: QueryRunner | undefined;
  process.on("disconnect", () => process.exit());
  process.on("message", (message) => {
    // Our own parent sends nothing else.
    const input = message as QueryProcessInput;
    if (input.kind === "open") {
      runner = openQueryRunner(input.location, input.functions);
      process.send?.({ kind: "ready" });
    }
    if (input.kind !== "open" && runner !== undefined) void answer(runner, input);
  });
}

async function answer(runner: QueryRunner, input: Exclude<QueryProcessInput, { kind: "open" }>): Promise<void> {
  process.send?.(await replyTo(runner, input));
}

async function replyTo(
  runner: QueryRunner,
  input: Exclude<QueryProcessInput, { kind: "open" }>,
): Promise<QueryProcessAnswer> {
  switch (input.kind) {
    case "query":
      return { kind: "outcome", outcome: await runner.query(input.query), isWorn: isWorn() };
    case "access":
      return { kind: "access", access: await runner.access(), isWorn: isWorn() };
    case "attempt-write":
      return { kind: "attempts", attempts: await runner.attemptWrites(), isWorn: isWorn() };
  }
}

/** Memory that a query left behind would count against the next one. */
function isWorn(): boolean {
  return process.memoryUsage.rss() > QUERY_PROCESS_BYTES / 2;
}
