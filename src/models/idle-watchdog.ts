/** Notices silence: fires once when nothing touched it for a while. */
export interface IdleWatchdog {
  readonly hasFired: boolean;
  /** Something arrived. */
  touch(): void;
  /** From now on silence may last this long. */
  restart(idleMs: number): void;
  stop(): void;
}

/**
 * Starts watching at once, so that silence before the first byte counts too. What arrived while the process was busy counts as
 * heard: a timer that is due runs before the sockets are read.
 */
export function startIdleWatchdog(idleMs: number, onIdle: () => void): IdleWatchdog {
  let hasFired = false;
  let lastChance: NodeJS.Immediate | undefined;
  const fire = (): void => {
    lastChance = undefined;
    hasFired = true;
    onIdle();
  };
  const isDue = (): void => {
    lastChance = setImmediate(fire);
  };
  let timer = setTimeout(isDue, idleMs);
  const hear = (): void => {
    clearImmediate(lastChance);
    lastChance = undefined;
  };
  return {
    get hasFired() {
      return hasFired;
    },
    touch() {
      if (hasFired) return;
      hear();
      timer.refresh();
    },
    restart(newIdleMs) {
      hear();
      clearTimeout(timer);
      timer = setTimeout(isDue, newIdleMs);
    },
    stop() {
      hear();
      clearTimeout(timer);
    },
  };
}
