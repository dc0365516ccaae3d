import { CancellationScope } from "@temporalio/workflow";

/** Jobs of one kind and how many of them may run at a time. */
export interface LaneGroup<T> {
  readonly width: number;
  readonly jobs: readonly (() => Promise<T>)[];
}

/**
 * Runs groups of jobs side by side and returns what they gave. The first failure stops everything, and all of it is waited for
 * before that failure is thrown, so that nothing goes on behind the caller's back.
 */
export async function runInLanes<T>(groups: readonly LaneGroup<T>[]): Promise<readonly T[]> {
  const scope = new CancellationScope();
  const results: T[] = [];
  const failures: unknown[] = [];
  const lane = async (waiting: (() => Promise<T>)[]): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined && failures.length === 0; job = waiting.shift()) {
      try {
        results.push(await job());
      } catch (error) {
        failures.push(error);
        scope.cancel();
      }
    }
  };
  const lanes = groups.flatMap(({ width, jobs }) => {
    const waiting = [...jobs];
    return Array.from({ length: Math.min(width, jobs.length) }, () => () => lane(waiting));
  });
  await scope.run(() => Promise.all(lanes.map((start) => start())));
  if (failures.length > 0) throw failures[0];
  return results;
}
