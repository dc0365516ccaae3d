import { formatDuration } from "../../lib/duration.ts";
import type { Sink } from "./output-sink.ts";
import { printableLine } from "./printable.ts";

/** How far a piece of work is. */
export interface ProgressStep {
  readonly done: number;
  readonly total: number;
  readonly message: string;
}

/** Tells people on standard error how far long work is, with a bar where a line can be written again. */
export class ProgressBar {
  readonly #sink: Sink;
  readonly #isAnimated: boolean;
  readonly #start = performance.now();
  #isShown = false;
  #toldAt = -Infinity;
  #toldShare = 0;

  constructor(sink: Sink, isAnimated: boolean) {
    this.#sink = sink;
    this.#isAnimated = isAnimated;
  }

  show({ done, total, message }: ProgressStep): void {
    const share = total === 0 ? 1 : done / total;
    const text = `${Math.floor(share * 100)}% (${done} of ${total}) ${printableLine(message)}`;
    if (this.#isAnimated) {
      this.#isShown = true;
      this.#sink.write(`\r\u001B[2K${bar(share)} ${text}${this.#left(share)}`.slice(0, WIDTH));
      return;
    }
    const now = performance.now();
    const isDue = share >= 1 || share - this.#toldShare >= TOLD_SHARE || now - this.#toldAt >= TOLD_MS;
    if (!isDue) return;
    this.#toldAt = now;
    this.#toldShare = share;
    this.#sink.write(`${text}\n`);
  }

  /** Takes the bar away before something else is written. */
  clear(): void {
    if (this.#isShown) this.#sink.write("\r\u001B[2K");
    this.#isShown = false;
  }

  #left(share: number): string {
    const passed = performance.now() - this.#start;
    return share <= 0 || share >= 1 ? "" : `, ${formatDuration((passed * (1 - share)) / share)} left`;
  }
}

const WIDTH = 120;
const BAR = 20;
const TOLD_SHARE = 0.1;
const TOLD_MS = 5_000;

function bar(share: number): string {
  const full = Math.round(share * BAR);
  return `[${"#".repeat(full)}${"-".repeat(BAR - full)}]`;
}
