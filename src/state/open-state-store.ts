import { InputError } from "../protocol/errors.ts";
import { createBlobStore } from "./blobs/blobs.ts";
import { collectBlobs } from "./blobs/collect-blobs.ts";
import type { ScopeKey, StateDatabase } from "./database.ts";
import { createGateStore } from "./plans/gates.ts";
import { readVersion } from "./migrations/migrate.ts";
import { NodeCache } from "./transcripts/node-cache.ts";
import { createPlanStore } from "./plans/plans.ts";
import type { ScopedStore, StateStore } from "./port.ts";
import { openPostgres } from "./postgres/open-postgres.ts";
import { createReferenceStore } from "./references/references.ts";
import { RunHubs } from "./log/run-hubs.ts";
import { createRunLog } from "./log/run-log.ts";
import { createRunStore } from "./runs/runs.ts";
import { listScopes } from "./scopes.ts";
import { openSqlite } from "./sqlite/open-sqlite.ts";
import { createStepJournal } from "./steps/steps.ts";
import { createThreadStore } from "./runs/threads.ts";
import { createTranscriptStore } from "./transcripts/transcripts.ts";

/** Where a state store is and how often it looks for what other processes wrote. */
export interface StateStoreOptions {
  /** `sqlite:path`, or `postgres://user:password@host:port/database`, where `?schema=name` keeps the tables in a schema of their own. */
  readonly url: string;
  readonly pollMs?: number;
}

/** Opens a state store and brings its schema up to date; a missing SQLite file is created. */
export async function openStateStore(options: StateStoreOptions): Promise<StateStore> {
  const database = await openDatabase(options.url, options.pollMs ?? DEFAULT_POLL_MS);
  try {
    await database.migrate();
  } catch (error) {
    await database.close();
    throw error;
  }
  return storeOf(database);
}

/** The schema version of a store, null where there is none yet; unlike opening it, this brings nothing up to date. */
export async function storeVersion(url: string): Promise<number | null> {
  const database = await openDatabase(url, DEFAULT_POLL_MS);
  try {
    return await database.read((db) => readVersion(db, database.kind));
  } finally {
    await database.close();
  }
}

const DEFAULT_POLL_MS = 50;
/** Memory for transcripts that are used again and again, per open store. */
const NODE_CACHE_BYTES = 32 * 1024 * 1024;

async function openDatabase(url: string, pollMs: number): Promise<StateDatabase> {
  const scheme = url.slice(0, url.indexOf(":") + 1);
  if (scheme === "postgres:" || scheme === "postgresql:") return openPostgres(url, pollMs);
  const path = url.slice(scheme.length).replace(/^\/\/(?=\/)/, "");
  if (scheme === "sqlite:" && path !== "" && !path.startsWith(":")) return await openSqlite(path, pollMs);
  throw new InputError(
    "INPUT_INVALID",
    `the URL of the state store must begin with sqlite: and a path, or with postgres://, got ${JSON.stringify(scheme)}`,
    {
      hint: "for example sqlite:.bridle/state.db",
    },
  );
}

function storeOf(database: StateDatabase): StateStore {
  const shared = { cache: new NodeCache(NODE_CACHE_BYTES), hubs: new RunHubs(database) };
  let closing: Promise<void> | null = null;
  return {
    kind: database.kind,
    migrate: () => database.migrate(),
    in: ({ tenant, workspace }) => scopedStore(database, { tenant, workspace }, shared),
    scopes: () => database.read(listScopes),
    collect: (now) => collectBlobs(database, now),
    describe: () => database.describe(),
    close: () => {
      shared.hubs.close();
      closing ??= database.close();
      return closing;
    },
  };
}

function scopedStore(
  database: StateDatabase,
  scope: ScopeKey,
  shared: { readonly cache: NodeCache; readonly hubs: RunHubs },
): ScopedStore {
  const blobs = createBlobStore(database, scope);
  return {
    blobs,
    transcripts: createTranscriptStore(database, scope, shared.cache),
    threads: createThreadStore(database, scope),
    runs: createRunStore(database, scope, blobs),
    steps: createStepJournal(database, scope, shared),
    log: createRunLog(database, scope, shared.hubs),
    plans: createPlanStore(database, scope, { blobs, hubs: shared.hubs }),
    gates: createGateStore(database, scope),
    references: createReferenceStore(database, scope, blobs),
  };
}
