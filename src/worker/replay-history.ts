import { setTimeout as sleep } from "node:timers/promises";
import { type LogEntry, Worker } from "@temporalio/worker";
import { preview } from "../lib/cap-text.ts";
import { thrownMessage } from "../lib/thrown-text.ts";
import { StateError } from "../protocol/errors.ts";
import { installRuntime } from "./install-runtime.ts";
import { bundledWorkflows } from "./workflow-bundle.ts";

/** A recorded history to run again. */
export interface ReplaySetup {
  /** As the server or `temporal workflow show -o json` gives it. */
  readonly history: unknown;
  readonly workflowId?: string;
  readonly onLog?: (entry: LogEntry) => void;
  readonly workflowBundlePath?: string;
}

/** A history that makes the native part of the SDK stumble would be waited for without end. */
const REPLAY_TIMEOUT_MS = 120_000;
const REPLAY_TEXT_CHARS = 1_000;

/** Runs a recorded history against today's workflow code; fails with REPLAY_FAILED when that would decide otherwise. */
export async function replayHistory({ history, workflowId, onLog, workflowBundlePath }: ReplaySetup): Promise<void> {
  installRuntime(onLog);
  const workflowBundle = { codePath: workflowBundlePath ?? bundledWorkflows() };
  const timer = new AbortController();
  const late = sleep(REPLAY_TIMEOUT_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`it did not end within ${REPLAY_TIMEOUT_MS / 1000} s`);
  });
  try {
    await Promise.race([Worker.runReplayHistory({ workflowBundle }, history, workflowId), late]);
  } catch (error) {
    throw new StateError(
      "REPLAY_FAILED",
      `The history of ${workflowId ?? "the workflow"} does not replay: ${replayText(error)}`,
      {
        hint: "The workflow code decides otherwise than when this was recorded: guard the change with a patch, or run the old version.",
        cause: error,
      },
    );
  } finally {
    late.catch(() => undefined); // the replay was faster and the timer was stopped
    timer.abort();
  }
}

/** The sentence about the difference, out of the page that the SDK writes around it. */
function replayText(error: unknown): string {
  const said = thrownMessage(error);
  return preview(/\[TMPRL\d+\] [^"]+/.exec(said)?.[0] ?? said, REPLAY_TEXT_CHARS);
}
