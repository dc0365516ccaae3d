import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import type { QueryProcessAnswer, QueryProcessInput, QueryProcessOutput } from "./query-process-protocol.ts";
import { QUERY_START_MS } from "../../protocol/limits/query.ts";
import type { TargetLocation } from "../data-environment.ts";

/** How the work of a query process ended when there was no answer. */
export type QueryProcessEnd = "stopped" | "memory" | "crashed";

/** One child process that reads a target database, one request at a time. */
export class QueryProcess {
  readonly #child: ChildProcess;
  #isStopped = false;
  #settle: ((answer: QueryProcessAnswer | QueryProcessEnd) => void) | undefined;
  #end: QueryProcessEnd | undefined;
  readonly #started: Promise<void>;
  #start: () => void = () => {};

  constructor(location: TargetLocation, functions: readonly string[]) {
    this.#child = fork(new URL(`./query-process-main${extname(import.meta.filename)}`, import.meta.url), [], {
      serialization: "advanced",
      // Nothing of our environment is its business; what a driver would read there could change where it connects.
      env: { PATH: PROGRAM_PATH },
      execArgv: ["--max-old-space-size=256", "--liftoff-only"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#child.on("message", (message) => {
      // Our own child sends nothing else.
      const output = message as QueryProcessOutput;
      if (output.kind === "ready") this.#start();
      else this.#answer(output);
    });
    this.#child.on("exit", (_code, signal) => this.#exited(signal));
    this.#child.on("error", () => this.#exited(null));
    this.#send({ kind: "open", location, functions });
    this.#started = new Promise((resolve) => {
      this.#start = resolve;
    });
  }

  get isAlive(): boolean {
    return this.#end === undefined && !this.#isStopped;
  }

  /** Waits until the process has started, or has ended: neither is time of a query. */
  async started(): Promise<void> {
    const timer = setTimeout(() => this.stop(), QUERY_START_MS);
    await this.#started;
    clearTimeout(timer);
  }

  /** Sends a request and waits for its answer, or for the end of the process. */
  async ask(input: QueryProcessInput): Promise<QueryProcessAnswer | QueryProcessEnd> {
    if (this.#end !== undefined || this.#isStopped) return this.#end ?? "stopped";
    this.#child.ref();
    this.#child.channel?.ref();
    return await new Promise((resolve) => {
      this.#settle = resolve;
      this.#send(input);
    });
  }

  /** Ends the process wherever it is; what it was asked is answered with "stopped". */
  stop(): void {
    this.#isStopped = true;
    this.#child.kill("SIGKILL");
    this.#start();
    this.#answer("stopped");
  }

  #send(input: QueryProcessInput): void {
    // A channel that closed meanwhile is told by the process's exit.
    this.#child.send(input, () => {});
  }

  #answer(answer: QueryProcessAnswer | QueryProcessEnd): void {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#rest();
    settle?.(answer);
  }

  /** An idle process must not keep its parent from ending. */
  #rest(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }

  #exited(signal: NodeJS.Signals | null): void {
    this.#end ??= this.#isStopped
      ? "stopped"
      : signal !== null && MEMORY_SIGNALS.includes(signal)
        ? "memory"
        : "crashed";
    this.#start();
    this.#answer(this.#end);
  }
}

/** The watchdog's own signal, the system's when memory is short, and the engine's when its heap is full. */
const MEMORY_SIGNALS: readonly NodeJS.Signals[] = ["SIGUSR2", "SIGKILL", "SIGABRT", "SIGTRAP"];
const PROGRAM_PATH = "/usr/local/bin:/usr/bin:/bin";
