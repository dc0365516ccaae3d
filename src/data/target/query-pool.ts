import { QUERY_PROCESSES, QUERY_QUEUE } from "../../protocol/limits/query.ts";
import type { TargetLocation } from "../data-environment.ts";
import { QueryProcess, type QueryProcessEnd } from "./query-process.ts";
import type { QueryProcessAnswer, QueryProcessInput } from "./query-process-protocol.ts";

/** How a request ended without an answer of its process. */
export type PoolEnd = Exclude<QueryProcessEnd, "stopped"> | "timeout" | "cancelled" | "busy" | "closed";

/** How long a request may take, and what stops it from outside. */
export interface PoolLimits {
  readonly timeMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A few processes that read one database; requests wait in a bounded line for the next that is free. */
export class QueryPool {
  readonly #location: TargetLocation;
  readonly #functions: readonly string[];
  readonly #idle: QueryProcess[] = [];
  readonly #busy = new Set<QueryProcess>();
  readonly #waiting: ((process: QueryProcess | "closed") => void)[] = [];
  #isClosed = false;

  constructor(location: TargetLocation, functions: readonly string[]) {
    this.#location = location;
    this.#functions = functions;
  }

  /** Runs one request. Its time counts from when a process takes it; it waits no longer than that for one. */
  async run(input: QueryProcessInput, limits: PoolLimits): Promise<QueryProcessAnswer | PoolEnd> {
    if (limits.signal?.aborted === true) return "cancelled";
    const process = await this.#take(limits);
    if (typeof process === "string") return process;
    const answer = await bounded(process, input, limits);
    this.#release(process, typeof answer === "string" || answer.isWorn);
    return answer === "stopped" ? "closed" : answer;
  }

  /** Ends every process and everything that waits. */
  close(): void {
    this.#isClosed = true;
    for (const process of [...this.#idle.splice(0), ...this.#busy]) process.stop();
    for (const settle of this.#waiting.splice(0)) settle("closed");
  }

  async #take(limits: PoolLimits): Promise<QueryProcess | PoolEnd> {
    if (this.#isClosed) return "closed";
    const free = this.#next();
    if (free !== undefined) return free;
    if (this.#waiting.length >= QUERY_QUEUE) return "busy";
    return await new Promise((resolve) => {
      const settle = (result: QueryProcess | PoolEnd): void => {
        clearTimeout(timer);
        limits.signal?.removeEventListener("abort", onAbort);
        const at = this.#waiting.indexOf(settle);
        if (at >= 0) this.#waiting.splice(at, 1);
        resolve(result);
      };
      const onAbort = (): void => settle("cancelled");
      const timer = setTimeout(() => settle("busy"), limits.timeMs);
      limits.signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(settle);
    });
  }

  #next(): QueryProcess | undefined {
    let process = this.#idle.pop();
    while (process?.isAlive === false) process = this.#idle.pop();
    if (process === undefined && this.#busy.size < QUERY_PROCESSES)
      process = new QueryProcess(this.#location, this.#functions);
    if (process !== undefined) this.#busy.add(process);
    return process;
  }

  #release(process: QueryProcess, isSpent: boolean): void {
    this.#busy.delete(process);
    if (isSpent || this.#isClosed) process.stop();
    else this.#idle.push(process);
    if (this.#isClosed || this.#waiting.length === 0) return;
    const next = this.#next();
    if (next !== undefined) this.#waiting[0]?.(next);
  }
}

/** The request with its timer: only a signal ends a process that is inside a native call. */
async function bounded(
  process: QueryProcess,
  input: QueryProcessInput,
  { timeMs, signal }: PoolLimits,
): Promise<QueryProcessAnswer | PoolEnd | "stopped"> {
  let end: "timeout" | "cancelled" | undefined;
  const stop = (reason: "timeout" | "cancelled"): void => {
    end ??= reason;
    process.stop();
  };
  const onAbort = (): void => stop("cancelled");
  signal?.addEventListener("abort", onAbort, { once: true });
  await process.started();
  const timer = setTimeout(() => stop("timeout"), timeMs);
  const answer = await process.ask(input);
  clearTimeout(timer);
  signal?.removeEventListener("abort", onAbort);
  return answer === "stopped" ? (end ?? "stopped") : answer;
}
