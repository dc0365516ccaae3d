import type { RunEvent } from "../../protocol/event.ts";
import type { RunId } from "../../protocol/ids.ts";
import { isFinalRunStatus } from "../../protocol/run.ts";
import type { ScopeKey, StateDatabase } from "../database.ts";
import { readEvents } from "./run-events.ts";
import { type LogReader, RunHub } from "./run-hub.ts";
import { runStatus } from "../runs/run-row.ts";

/** The followed runs of one store: one hub per run, there as long as somebody follows it. */
export class RunHubs {
  readonly #database: StateDatabase;
  readonly #hubs = new Map<string, RunHub>();
  #stopWatching: (() => void) | null = null;
  #isClosed = false;

  constructor(database: StateDatabase) {
    this.#database = database;
  }

  /** Tells followers here and other processes what a committed transaction wrote. */
  publish(scope: ScopeKey, runId: RunId, events: readonly RunEvent[]): void {
    if (events.length === 0) return;
    const topic = topicOf(scope, runId);
    this.#hubs.get(topic)?.push(events);
    this.#database.announce(topic);
  }

  async *follow(
    scope: ScopeKey,
    runId: RunId,
    from: { readonly after: number; readonly signal?: AbortSignal | undefined },
  ): AsyncGenerator<RunEvent, void, undefined> {
    if (this.#isClosed) return;
    const topic = topicOf(scope, runId);
    const hub = this.#hubs.get(topic) ?? new RunHub(this.#reader(scope, runId));
    this.#hubs.set(topic, hub);
    hub.followers += 1;
    this.#stopWatching ??= this.#database.watch((news) => this.#wake(news));
    try {
      yield* hub.follow(from.after, from.signal);
    } finally {
      hub.followers -= 1;
      if (hub.followers === 0) this.#remove(topic, hub);
    }
  }

  /** Ends every follower. */
  close(): void {
    this.#isClosed = true;
    for (const [topic, hub] of this.#hubs) {
      hub.close();
      this.#remove(topic, hub);
    }
  }

  #wake(topic: string | null): void {
    if (topic !== null) this.#hubs.get(topic)?.refresh();
    else for (const hub of this.#hubs.values()) hub.refresh();
  }

  #remove(topic: string, hub: RunHub): void {
    if (this.#hubs.get(topic) === hub) this.#hubs.delete(topic);
    hub.close();
    if (this.#hubs.size > 0) return;
    this.#stopWatching?.();
    this.#stopWatching = null;
  }

  #reader(scope: ScopeKey, runId: RunId): LogReader {
    return {
      end: () =>
        this.#database.read(async (db) => {
          const row = await db
            .selectFrom("runs")
            .select(["last_seq", "status"])
            .where((is) => is.and({ ...scope, run_id: runId }))
            .executeTakeFirst();
          return { lastSeq: row?.last_seq ?? 0, isFinal: row !== undefined && isFinalRunStatus(runStatus(row)) };
        }),
      read: (after) => this.#database.read((db) => readEvents(db, scope, { runId, after })),
    };
  }
}

function topicOf(scope: ScopeKey, runId: RunId): string {
  return `${scope.tenant}/${scope.workspace}/${runId}`;
}
