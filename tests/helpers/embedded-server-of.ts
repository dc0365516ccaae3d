import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const Record = z.looseObject({ status: z.string(), pid: z.number().optional() });

/** The process id of the Temporal server that runs for a data folder; null when none does. */
export function embeddedServerOf(home: string): number | null {
  const file = join(home, "temporal.json");
  if (!existsSync(file)) return null;
  const { status, pid } = Record.parse(JSON.parse(readFileSync(file, "utf8")));
  return status === "running" && pid !== undefined ? pid : null;
}

/** Ends that server without a word, which a killed owner leaves behind. */
export function killEmbeddedServer(home: string): void {
  const pid = embeddedServerOf(home);
  if (pid === null) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // Gone already, which is what is wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
