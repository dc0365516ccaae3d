/** Aborted by Ctrl-C, which ends this process only: the run and its plan are workflows, and stay. A second one ends it at once. */
export function leavingOnSignal(): AbortSignal {
  const leaving = new AbortController();
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(code));
      process.exitCode = code;
      leaving.abort();
    });
  }
  return leaving.signal;
}
