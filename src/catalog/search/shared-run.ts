/**
 * Runs work for everybody who asks, one run at a time. Who asks while it runs gets the next run together with all others that
 * did, because the one that is running may have looked before they asked.
 */
export function sharedRun(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    try {
      await work();
    } finally {
      running = null;
    }
  };
  const runNext = (): Promise<void> => {
    next = null;
    return ask();
  };
  const ask = (): Promise<void> => {
    if (running === null) return (running = run());
    return (next ??= running.then(runNext, runNext));
  };
  return ask;
}
