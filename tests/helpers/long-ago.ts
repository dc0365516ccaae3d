import { vi } from "vitest";

const LONG_MS = 10 * 60_000;

/** Does something as of ten minutes ago: only the clock of this process is put back, for as long as it takes. */
export async function longAgo<T>(work: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - LONG_MS });
  try {
    return await work();
  } finally {
    vi.useRealTimers();
  }
}
