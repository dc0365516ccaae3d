import { EXIT, type ExitCode } from "./exit-code.ts";

/** Somebody may ask this process to stop. */
export interface StopSignal {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Resolves with the first signal. */
  readonly asked: Promise<NodeJS.Signals>;
  /** The exit code that the signal means; null while there was none. */
  exitCode(): ExitCode | null;
  /** Gives the signals back to Node. */
  release(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first signal asks to stop in order; a second one ends the process at once. */
export function onStopSignal(exit: (code: ExitCode) => void = (code) => process.exit(code)): StopSignal {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const handle = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) exit(exitCodeOf(name));
    controller.abort(name);
    resolve(name);
  };
  for (const name of SIGNALS) process.on(name, handle);
  return {
    signal: controller.signal,
    asked: promise,
    exitCode: () => (controller.signal.aborted ? exitCodeOf(controller.signal.reason) : null),
    release: () => SIGNALS.forEach((name) => process.off(name, handle)),
  };
}

/** Does work that a signal may cut short: what fails after a signal ends with the exit code of that signal. */
export async function untilStopped(work: (stop: StopSignal) => Promise<ExitCode>): Promise<ExitCode> {
  const stop = onStopSignal();
  try {
    return await work(stop);
  } catch (error) {
    const stopped = stop.exitCode();
    if (stopped === null) throw error;
    return stopped;
  } finally {
    stop.release();
  }
}

function exitCodeOf(name: unknown): ExitCode {
  return name === "SIGINT" ? EXIT.interrupted : EXIT.terminated;
}
