import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { collectRegularly } from "../../src/state/blobs/collect-regularly.ts";
import { openStateStore } from "../../src/state/open-state-store.ts";
import { openDatabase } from "../../src/sqlite/open-database.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

test("a store that cannot remove what expired says so, instead of growing in silence", async () => {
  const file = join(temporaryFolder(), "state.db");
  const store = await openStateStore({ url: `sqlite:${file}` });
  onTestFinished(() => store.close());
  const database = openDatabase(file, { timeout: 5_000 });
  database.exec("alter table blob_pins rename to lost");
  database.close();
  const told: unknown[] = [];

  const stop = collectRegularly(store, (error) => told.push(error));
  await expect.poll(() => told.length).toBe(1);
  await stop();

  expect(String(told[0])).toContain("blob_pins");
});
