import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { redact } from "../../lib/redact.ts";
import { StateError } from "../../protocol/errors.ts";
import { PROFILE_STATEMENT_TIMEOUT_MS } from "../../protocol/limits/profile.ts";
import type { DatabaseDescription } from "./description.ts";
import type { ReaderCall, ReaderQuestion, ReaderReply, ReaderTarget } from "./reader-message.ts";
import type { ProfileReader, ReferenceFinding, TableReading } from "./reading.ts";

/** Bounds of a reader. */
export interface ReaderLimits {
  /** A call that takes longer is cut and its process killed; the next call gets a new one. */
  readonly timeoutMs?: number;
  /** Stops the call that runs and refuses all later ones. */
  readonly signal?: AbortSignal;
}

/** Opens a reader in a process of its own. Nothing is read or connected before the first call. */
export function openProfileReader(target: ReaderTarget, limits: ReaderLimits = {}): ProfileReader {
  const host = new ReaderHost(target, limits);
  return {
    // Each answer has the type of its question: the process on the other side is this package's own.
    describe: async (schema) => (await host.ask({ kind: "describe", schema })) as DatabaseDescription,
    read: async (table, how) => (await host.ask({ kind: "read", table, how })) as TableReading,
    testReference: async (test) => (await host.ask({ kind: "test", test })) as ReferenceFinding,
    close: () => host.close(),
  };
}

class ReaderHost {
  readonly #target: ReaderTarget;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal | undefined;
  #child: ChildProcess | null = null;
  #calls = 0;

  constructor(target: ReaderTarget, { timeoutMs = 2 * PROFILE_STATEMENT_TIMEOUT_MS, signal }: ReaderLimits) {
    this.#target = target;
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
  }

  async ask(question: ReaderQuestion): Promise<unknown> {
    this.#signal?.throwIfAborted();
    const child = (this.#child ??= startReader());
    const call: ReaderCall = { id: ++this.#calls, target: this.#target, ...question };
    const reply = await this.#reply(child, call);
    if ("value" in reply) return reply.value;
    const { message, code } = reply.error;
    const said = code === null ? message : `${code}: ${message}`;
    throw new StateError("DATABASE_UNAVAILABLE", redact(`${this.#what(question)} failed (${said}).`), {
      hint: hintFor(code, message),
    });
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGKILL");
    await gone;
  }

  #reply(child: ChildProcess, call: ReaderCall): Promise<ReaderReply> {
    return new Promise((resolve, reject) => {
      const end = (act: () => void): void => {
        clearTimeout(timer);
        child.off("message", onMessage).off("exit", onExit).off("error", onExit);
        this.#signal?.removeEventListener("abort", onAbort);
        act();
      };
      const drop = (error: unknown): void =>
        end(() => {
          void this.close();
          reject(error instanceof Error ? error : new Error(String(error)));
        });
      const lost = (what: string): StateError =>
        new StateError("DATABASE_UNAVAILABLE", `${this.#what(call)} ${what}.`, {
          hint: "Leave the table out with --table, or read less of it with --sample-size or --schema-only.",
        });
      // Replies come from this package's own process, one to each call.
      const onMessage = (reply: ReaderReply): void => {
        if (reply.id === call.id) end(() => resolve(reply));
      };
      const onExit = (): void => drop(lost("ended with its process"));
      const onAbort = (): void => drop(this.#signal?.reason);
      const timer = setTimeout(
        () => drop(lost(`took longer than ${this.#timeoutMs} ms and was stopped`)),
        this.#timeoutMs,
      );
      child.on("message", onMessage).once("exit", onExit).once("error", onExit);
      this.#signal?.addEventListener("abort", onAbort, { once: true });
      child.send(call, (error) => {
        if (error !== null) onExit();
      });
    });
  }

  #what(question: ReaderQuestion): string {
    const where = this.#target.label;
    if (question.kind === "describe") return `Looking at ${where}`;
    if (question.kind === "read") return `Reading ${JSON.stringify(question.table.name)} of ${where}`;
    const { from, to } = question.test;
    return `Comparing ${JSON.stringify(`${from.table}.${from.column}`)} with ${JSON.stringify(`${to.table}.${to.column}`)}`;
  }
}

function startReader(): ChildProcess {
  // The compiled neighbour of a compiled file, the source beside a source.
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const path = fileURLToPath(new URL(`./reader-process${extension}`, import.meta.url));
  return fork(path, [], {
    serialization: "advanced",
    // Nothing of the environment: what is needed comes with the call.
    env: {},
    execArgv: [],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}

function hintFor(code: string | null, message: string): string {
  if (code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT")
    return "The file is no SQLite database, or is damaged: check its path.";
  if (code === "SQLITE_CANTOPEN" || /unable to open|directory does not exist/.test(message))
    return "Check the path and who may read the file.";
  if (code?.startsWith("SQLITE_BUSY") === true)
    return "Another program holds the file locked: try again when it is done.";
  if (code === "28P01" || code === "28000") return "Check the user and the password in the URL of the target database.";
  if (code === "3D000") return "Check the name of the database in the URL.";
  if (code === "42501") return "Grant SELECT to this login, or leave the table out with --table.";
  if (code === "57014") return "The statement took too long: read less with --sample-size or --schema-only.";
  if (code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "ETIMEDOUT")
    return "Check that the database runs and can be reached from here.";
  return "Check the target database in the data environment.";
}
