import { boundedJson } from "../bounded-json.ts";
import { executionKey } from "../step-attempt.ts";
import type { Json } from "../../protocol/json.ts";
import { PROGRESS_PER_CALL } from "../../protocol/limits/tool.ts";
import type { ToolStep } from "./tool-step.ts";

/** Takes what a tool tells of its progress, in order, up to a limit. */
export interface ProgressWriter {
  readonly report: (progress: Json) => void;
  /** Resolves when all of it is written; what a handler reports after that is not heard, for its call has its result. */
  close(): Promise<void>;
}

/** Writes a tool's progress to the run log while the tool runs. Progress that cannot be written does not stop the tool. */
export function progressWriter(step: ToolStep): ProgressWriter {
  let count = 0;
  let isClosed = false;
  let writing: Promise<void> = Promise.resolve();
  const { store, turn, runId } = step.place;
  const { callId, name } = step.call;
  const { attempt } = step.attempt;
  const execution = executionKey(step.attempt);
  const write = (index: number, progress: Json): Promise<void> => {
    const key = `${turn}:call:${callId}:progress:${execution}:${attempt}:${index}`;
    const body = { type: "tool-progress", toolInvocationId: callId, toolName: name, attempt, progress } as const;
    return store.log.append(runId, [{ key, turn, agent: step.agent, body }], step.attempt);
  };
  return {
    report(progress) {
      if (isClosed || count >= PROGRESS_PER_CALL) return;
      const index = count++;
      const told = readable(progress);
      // A report that cannot be written is dropped; the tool's result meets the same store and tells of the trouble.
      writing = writing.then(() => write(index, told)).catch(() => undefined);
    },
    async close() {
      isClosed = true;
      await writing;
    },
  };
}

/** Handlers are not all written in TypeScript: a report may be anything. */
function readable(progress: Json): Json {
  try {
    return boundedJson(progress);
  } catch {
    return "[not a JSON value]";
  }
}
