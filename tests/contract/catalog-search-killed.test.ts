import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openCatalog } from "../../src/data-access.ts";
import { openDatabase } from "../../src/sqlite/open-database.ts";
import { indexContents } from "../helpers/index-contents.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const ROUNDS = 7;
const SCOPE = { tenantId: "acme", workspaceId: "default" };

test("a writer that is killed leaves catalog and index right, or an index that says it is stale", async () => {
  const folder = temporaryFolder();
  const index = join(folder, "search.db");
  let written = 0;
  for (let round = 0; round < ROUNDS; round++) {
    written = await writeUntilKilled(folder, written, 7 + ((round * 5) % 17));
    const catalog = await openCatalog(descriptor(folder, index), { tenantId: SCOPE.tenantId });
    onTestFinished(() => catalog.close());

    const isCurrent = await catalog.search("sheet").then(
      () => true,
      (error: unknown) => {
        expect(error).toMatchObject({ code: "INDEX_STALE" });
        return false;
      },
    );
    if (isCurrent) await expectSameAsRebuilt(folder, index);
    await catalog.upsert({
      entries: [{ id: "metric:m", itemType: "metric", name: `marker ${1000 + round}`, qualified_name: "m" }],
    });

    expect((await catalog.search(`${1000 + round}`))[0]?.id).toBe("metric:m");
    expect(indexContents(index, SCOPE).misfits).toEqual([]);
    await expectSameAsRebuilt(folder, index);
    const check = openDatabase(join(folder, "catalog.db"), { readonly: true });
    expect(check.pragma("integrity_check", { simple: true })).toBe("ok");
    check.close();
  }
}, 90_000);

/** Kills the writer when it has taken so many steps, of which every second is the index's; gives the number to go on from. */
async function writeUntilKilled(folder: string, first: number, count: number): Promise<number> {
  const child = fork(new URL("../helpers/write-through-process.ts", import.meta.url), [folder, String(first)], {
    stdio: "inherit",
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  for (let said = 0; said < count; said++) await once(child, "message");
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
  return first + Math.ceil(count / 2) + 1;
}

async function expectSameAsRebuilt(folder: string, index: string): Promise<void> {
  const fresh = join(temporaryFolder(), "fresh.db");
  const catalog = await openCatalog(descriptor(folder, fresh), { tenantId: SCOPE.tenantId });
  onTestFinished(() => catalog.close());
  await catalog.rebuildIndex();
  expect(indexContents(index, SCOPE).documents).toEqual(indexContents(fresh, SCOPE).documents);
}

function descriptor(folder: string, index: string): object {
  return {
    catalog: { kind: "sqlite", url: `sqlite:${join(folder, "catalog.db")}` },
    catalog_search: { index_path: index, write_through: true },
  };
}
