import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CHINOOK } from "../helpers/chinook.ts";
import { sampleStatements } from "../helpers/sample-schema.ts";
import { seededRandom } from "../helpers/seeded-random.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { openCatalogAt } from "./catalog-store.ts";
import { contentOf } from "./profile-lab.ts";
import { openDatabase } from "../../src/sqlite/open-database.ts";

const PROCESS = fileURLToPath(new URL("../helpers/profile-process.ts", import.meta.url));
const KILLS = 10;
/** What a run tells: the plan, eleven tables, the tests of references, the end. */
const LINES = 22;

test("killed at ten random points and taken up again, a profile ends as the undisturbed one", async () => {
  const folder = temporaryFolder();
  const path = join(folder, "shop.db");
  const db = openDatabase(path);
  for (const statement of sampleStatements(CHINOOK, { hasForeignKeys: false })) db.exec(statement);
  db.close();
  const undisturbed = join(folder, "undisturbed.db");
  await profiled(path, undisturbed, null);
  const wanted = await contentOf(await openCatalogAt(`sqlite:${undisturbed}`));
  const { below } = seededRandom(20_260_101);

  const resumed: boolean[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const catalog = join(folder, `killed-${kill}.db`);
    const killed = await profiled(path, catalog, { lines: below(LINES), delayMs: below(15) });
    expect(killed.signal).toBe("SIGKILL");
    const { lines } = await profiled(path, catalog, null);
    resumed.push(lines.some((line) => line.includes('"outcome":"resumed"')));
    expect(await contentOf(await openCatalogAt(`sqlite:${catalog}`))).toEqual(wanted);
  }

  // Most kills fall behind the first table; what was written by then is not read again.
  expect(resumed.filter(Boolean).length).toBeGreaterThanOrEqual(KILLS / 2);
}, 180_000);

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
}

/** After how many lines, and how long after. */
interface Kill {
  readonly lines: number;
  readonly delayMs: number;
}

/** Runs the process to its end, or kills it a moment after a line. */
async function profiled(path: string, catalog: string, kill: Kill | null): Promise<Ended> {
  const child = spawn(process.execPath, [PROCESS, path, catalog], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (kill === null || lines.length <= kill.lines) continue;
    // The moment is part of the point at which the kill falls, not a wait for anything.
    await pause(kill.delayMs);
    child.kill("SIGKILL");
    break;
  }
  await closed;
  return { signal: child.signalCode, lines };
}
