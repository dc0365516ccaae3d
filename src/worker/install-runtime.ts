import { DefaultLogger, type LogEntry, Runtime } from "@temporalio/worker";
import { isOwnWarning } from "../lib/own-warning.ts";
import { redact } from "../lib/redact.ts";
import { thrownMessage } from "../lib/thrown-text.ts";

/** Says where the SDK's log lines go. It has one runtime per process; the first to install it decides. */
export function installRuntime(onLog: ((entry: LogEntry) => void) | undefined): void {
  const logger = onLog === undefined ? programLogger() : new DefaultLogger("INFO", onLog);
  try {
    // Signals belong to the program: the command line drains on them, and a library must not take them away.
    // The native part would write its lines to stdout, which belongs to the program too.
    const logging = { forward: {}, filter: { core: "WARN", other: "ERROR" } } as const;
    Runtime.install({ logger, shutdownSignals: [], telemetryOptions: { logging } });
  } catch {
    // someone installed it before us, and theirs stays
  }
}

/** A program that said nothing of logs reads what goes wrong, and not what the SDK does about it. */
function programLogger(): DefaultLogger {
  const errors = new DefaultLogger("ERROR");
  return new DefaultLogger("WARN", (entry) => {
    if (isOwnWarning(entry)) process.emitWarning(entry.message, { type: "BridleWarning" });
    else errors.log(entry.level, entry.message, entry.meta);
  });
}

/** Logs that the store could not remove what expired. */
export function logUncollected(error: unknown): void {
  Runtime.instance().logger.error(`Expired values were not removed from the store: ${redact(thrownMessage(error))}`);
}
