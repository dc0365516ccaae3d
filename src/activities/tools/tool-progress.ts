import { boundedJson } from "../bounded-json.ts";
import { executionKey } from "../step-attempt.ts";
import type { EventBody } from "../../protocol/event.ts";
import type { ToolCallId } from "../../protocol/ids.ts";
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
  const { attempt } = step.attempt;
  const write = (index: number, progress: Json): Promise<void> =>
    tell(step, `progress:${attempt}:${index}`, { ...callOf(step), type: "tool-progress", attempt, progress });
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

/** Tells readers that the call is made again, so that they drop what it told before. */
export function tellRetry(step: ToolStep, supersededAttempt: number): Promise<void> {
  const body = { ...callOf(step), type: "tool-retry", supersededAttempt } as const;
  return tell(step, `retry:${step.attempt.attempt}`, body);
}

function callOf({ call }: ToolStep): { readonly toolInvocationId: ToolCallId; readonly toolName: string } {
  return { toolInvocationId: call.callId, toolName: call.name };
}

/** One event of this attempt of the call; `name` tells its key from the others'. */
function tell({ place, call, agent, attempt }: ToolStep, name: string, body: EventBody): Promise<void> {
  const { store, turn, runId } = place;
  const key = `${turn}:call:${call.callId}:${executionKey(attempt)}:${name}`;
  return store.log.append(runId, [{ key, turn, agent, body }], attempt);
}

/** Handlers are not all written in TypeScript: a report may be anything. */
function readable(progress: Json): Json {
  try {
    return boundedJson(progress);
  } catch {
    return "[not a JSON value]";
  }
}
