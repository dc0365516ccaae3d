/** How long a silent run is waited for before its workflow is looked at, and between looks. */
const LOOK_EVERY_MS = 5_000;

/** Looks after the runs that this process reads, so that reading one always ends. One look per interval and run, however many read it. */
export class LossWatch {
  readonly #watched = new Map<string, { readers: number; readonly timer: NodeJS.Timeout }>();

  /** Looks regularly until the returned function is called. */
  start(key: string, look: () => Promise<void>): () => void {
    const watched = this.#watched.get(key) ?? { readers: 0, timer: lookRegularly(look) };
    this.#watched.set(key, watched);
    watched.readers += 1;
    return () => {
      watched.readers -= 1;
      if (watched.readers > 0) return;
      clearInterval(watched.timer);
      this.#watched.delete(key);
    };
  }
}

function lookRegularly(look: () => Promise<void>): NodeJS.Timeout {
  // A look that fails (the server is down) is repeated by the next one.
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
  return timer.unref();
}
