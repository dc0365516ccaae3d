import { readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { errorCode } from "../../lib/error-code.ts";
import { StateError } from "../../protocol/errors.ts";
import { isAlive } from "./server-process.ts";

const RETRY_MS = 25;
/** Longer than the slowest start. */
const WAIT_MS = 60_000;

/** Runs `action` while no other process is inside the same lock file; the lock of a dead process does not count. */
export async function withStartLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  const mark = `${process.pid} ${performance.timeOrigin} ${performance.now()}`;
  await acquire(file, mark);
  try {
    return await action();
  } finally {
    if (holder(file) === mark) unlinkSync(file);
  }
}

async function acquire(file: string, mark: string): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  while (Date.now() < deadline) {
    if (take(file, mark)) {
      // Another process may have judged the former holder dead a moment ago and now remove our lock in its place.
      await delay(RETRY_MS);
      if (holder(file) === mark) return;
    }
    const other = holder(file);
    if (other !== undefined && !isAlive(Number.parseInt(other, 10))) remove(file, other);
    else await delay(RETRY_MS);
  }
  throw new StateError(
    "TEMPORAL_START_FAILED",
    `Another process has been starting the server for ${WAIT_MS / 1000} s.`,
    {
      hint: `If none is, remove ${file}.`,
    },
  );
}

function take(file: string, mark: string): boolean {
  try {
    writeFileSync(file, mark, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

function holder(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function remove(file: string, mark: string): void {
  if (holder(file) !== mark) return;
  try {
    unlinkSync(file);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}
