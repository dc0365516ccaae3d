import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAX_PAGE_SIZE } from "../../protocol/limits/store.ts";
import { newerStore, SCHEMA_VERSION } from "../../state/migrations/migrate.ts";
import { openStateStore, storeVersion } from "../../state/open-state-store.ts";
import type { ScopedStore } from "../../state/port.ts";
import { sqliteDriver } from "../../sqlite/open-database.ts";
import type { CommandCall } from "../command.ts";
import { projectOf } from "../open/project.ts";
import { broken, type Check, fine } from "./check.ts";

/** The native part of SQLite, tried for real on a file of its own. */
export async function checkSqlite(): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "bridle-doctor-"));
  try {
    const store = await openStateStore({ url: `sqlite:${join(folder, "state.db")}` });
    await store.close();
    return fine("sqlite", `${sqliteDriver()} loads and writes`);
  } catch (error) {
    const fix = `Run \`npm rebuild ${sqliteDriver()}\` with the Node that runs this command.`;
    return { fix, ...broken("sqlite", error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is known of the state store. */
export interface StoreHealth {
  readonly check: Check;
  /** How many gates of all workspaces wait for a person; 0 when there is no store that can be read. */
  readonly pendingApprovals: number;
  readonly schemaVersion: number | null;
}

/** The project's state store; one that does not exist yet is left so, and one of an older version is not brought up to date. */
export async function checkStore(call: CommandCall): Promise<StoreHealth> {
  const { store: url } = projectOf(call);
  const file = sqliteFile(url);
  if (file !== null && !existsSync(file)) return without(fine("store", `${file} is made with the first run`));
  try {
    const version = await storeVersion(url);
    if (version !== SCHEMA_VERSION) return without(otherVersion(url, version));
    const store = await openStateStore({ url });
    try {
      const [place] = store.describe();
      let pending = 0;
      for (const scope of await store.scopes()) pending += await waitingIn(store.in(scope));
      const message = `${store.kind} at ${place?.path ?? url}, schema version ${version}`;
      return { check: fine("store", message), pendingApprovals: pending, schemaVersion: version };
    } finally {
      await store.close();
    }
  } catch (error) {
    return without(broken("store", error));
  }
}

function without(check: Check): StoreHealth {
  return { check, pendingApprovals: 0, schemaVersion: null };
}

function otherVersion(url: string, version: number | null): Check {
  if (version === null) return fine("store", "it has no tables yet; they are made with the first run");
  if (version > SCHEMA_VERSION) return broken("store", newerStore(sqliteFile(url) ?? "in Postgres", version));
  const message = `schema version ${version}; this bridle writes ${SCHEMA_VERSION}`;
  const fix = "Stop older workers, then start `bridle dev`, `serve` or `worker`: it brings the store up to date.";
  return { name: "store", status: "warn", message, fix };
}

/** The path of a SQLite URL. */
function sqliteFile(url: string): string | null {
  return url.startsWith("sqlite:") ? url.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "") : null;
}

async function waitingIn({ gates }: ScopedStore): Promise<number> {
  let count = 0;
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof gates.waiting>> = await gates.waiting({
      limit: MAX_PAGE_SIZE,
      ...(after === null ? {} : { after }),
    });
    count += page.items.length;
    after = page.next;
  } while (after !== null);
  return count;
}
