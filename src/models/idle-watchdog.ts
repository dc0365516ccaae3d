/** Notices silence: fires once when nothing touched it for a while. */
export interface IdleWatchdog {
  readonly hasFired: boolean;
  /** Something arrived. */
  touch(): void;
  /** From now on silence may last this long. */
  restart(idleMs: number): void;
  stop(): void;
}

/** Starts watching at once, so that silence before the first byte counts too. */
export function startIdleWatchdog(idleMs: number, onIdle: () => void): IdleWatchdog {
  let hasFired = false;
  const fire = (): void => {
    hasFired = true;
    onIdle();
  };
  let timer = setTimeout(fire, idleMs);
  return {
    get hasFired() {
      return hasFired;
    },
    touch: () => void (hasFired || timer.refresh()),
    restart(newIdleMs) {
      clearTimeout(timer);
      timer = setTimeout(fire, newIdleMs);
    },
    stop: () => clearTimeout(timer),
  };
}
