import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStateStore } from "../../state/open-state-store.ts";
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
