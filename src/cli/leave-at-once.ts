import { isServerOf } from "../runtime/temporal/server-identity.ts";
import { readServerRecord } from "../runtime/temporal/server-record.ts";
import type { CommandCall } from "./command.ts";
import type { ExitCode } from "./exit-code.ts";
import { projectOf } from "./open/project.ts";

/** Ends the process without stopping anything in order, and says which Temporal server it leaves behind. */
export function leaveAtOnce(call: CommandCall, code: ExitCode): void {
  const left = leftServer(projectOf(call).home);
  if (left !== undefined) {
    call.output.warning(
      `the Temporal server (pid ${left}) was not waited for; if it still runs, the next start adopts it`,
    );
  }
  process.exit(code);
}

/** The id of the server that this process would have stopped. */
export function leftServer(home: string): number | undefined {
  const record = readServerRecord(home);
  if (record?.status !== "running" || record.owner !== process.pid) return undefined;
  return isServerOf(home, record.pid) ? record.pid : undefined;
}
