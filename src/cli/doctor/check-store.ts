import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAX_PAGE_SIZE } from "../../protocol/limits.ts";
import { openStateStore } from "../../state/open-state-store.ts";
import type { ScopedStore } from "../../state/port.ts";
import type { CommandCall } from "../command.ts";
import { projectOf } from "../project.ts";
import { broken, type Check, fine } from "./check.ts";

/** The native part of SQLite, tried for real on a file of its own. */
export async function checkSqlite(): Promise<Check> {
  const folder = mkdtempSync(join(tmpdir(), "bridle-doctor-"));
  try {
    const store = await openStateStore({ url: `sqlite:${join(folder, "state.db")}` });
    await store.close();
    return fine("sqlite", "better-sqlite3 loads and writes");
  } catch (error) {
    const fix = "Run `npm rebuild better-sqlite3` with the Node that runs this command.";
    return { ...broken("sqlite", error), fix };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The project's state store; one that does not exist yet is left so. */
export async function checkStore(call: CommandCall): Promise<Check> {
  try {
    const { store: url, storeFile } = projectOf(call);
    if (storeFile !== undefined && !existsSync(storeFile))
      return fine("store", `${storeFile} is made with the first run`);
    const store = await openStateStore({ url });
    const [place] = store.describe();
    await store.close();
    return fine("store", `${store.kind} at ${place?.path ?? url}`);
  } catch (error) {
    return broken("store", error);
  }
}

/** How many gates of all workspaces wait for a person. A store that cannot be read has none to tell of. */
export async function pendingApprovals(call: CommandCall): Promise<number> {
  const { store: url, storeFile } = projectOf(call);
  if (storeFile !== undefined && !existsSync(storeFile)) return 0;
  try {
    const store = await openStateStore({ url });
    try {
      let count = 0;
      for (const scope of await store.scopes()) count += await waitingIn(store.in(scope));
      return count;
    } finally {
      await store.close();
    }
  } catch {
    return 0; // `checkStore` meets the same error and tells it
  }
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
