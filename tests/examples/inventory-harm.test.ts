import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { PlatformDatabase } from "../../examples/inventory-scenario/platform/platform-database.ts";
import { BIN } from "../helpers/cli.ts";
import { freePort } from "../helpers/free-port.ts";
import { fileHash, inventoryStory } from "../helpers/inventory-story.ts";
import { occupiedPort } from "../helpers/occupied-port.ts";
import { preparedScenario } from "../helpers/prepared-scenario.ts";

/** What goes wrong on a first run: each is told with the next step, and none leaves anything half done. */

const SMALL = "--products 200 --facts 2000";
const prepared = preparedScenario();

vi.setConfig({ testTimeout: 90_000 });

test("seeding twice changes nothing, and the same seed gives the same file", async () => {
  const here = inventoryStory();
  const target = join(here.scenario, "target.db");
  await here.run(`seed ${SMALL}`).ended;
  const first = fileHash(target);

  const again = await here.run(`seed ${SMALL} --seed 7`).ended;
  const untouched = fileHash(target);
  await here.run(`seed ${SMALL} --force`).ended;

  expect(again).toMatchObject({ code: 0, said: `${target} is there already; --force makes it again.\n` });
  expect(untouched).toBe(first);
  expect(fileHash(target)).toBe(first);
});

test("seeding over a used folder keeps what the platform applied", async () => {
  const here = inventoryStory();
  await here.run(`seed ${SMALL}`).ended;
  const used = new PlatformDatabase(join(here.scenario, "platform.db"));
  used.replenish({ planId: "plan-1", actionIndex: 0, productIds: ["p-00001"], quantity: 5 }, { key: "k-1", fence: 1 });

  const { code } = await here.run("seed --products 300 --facts 3000 --force").ended;
  const outcome = { effects: used.effects(), stock: used.stock("p-00001"), products: used.productCount() };
  used.close();

  expect(code).toBe(0);
  expect(outcome).toMatchObject({ effects: [{ idempotencyKey: "k-1" }], stock: { onOrder: 5 }, products: 300 });
});

test("a seed that was killed between its two files is mended by the next one", async () => {
  const here = inventoryStory();
  await here.run(`seed ${SMALL}`).ended;
  rmSync(join(here.scenario, "platform.db"));

  const { code } = await here.run("seed").ended;
  const platform = new PlatformDatabase(join(here.scenario, "platform.db"));
  const count = platform.productCount();
  platform.close();

  expect({ code, count }).toEqual({ code: 0, count: 200 });
});

test.each(["target.db", "platform.db"])("somebody's own %s is never replaced", async (name) => {
  const here = inventoryStory();
  const path = join(here.scenario, name);
  mkdirSync(here.scenario, { recursive: true });
  writeFileSync(path, "years of work, of a kind that is no database at all\n".repeat(100));
  const before = fileHash(path);

  const { code, said } = await here.run(`seed ${SMALL} --force`).ended;

  expect(code).toBe(1);
  expect(said).toMatch(/error: .*(?:target|platform)\.db .*so it stays as it is\. /u);
  expect(fileHash(path)).toBe(before);
});

test("a disk without room: no half database stays, and the next seed is whole", async () => {
  const here = inventoryStory();

  const full = await here.run("ulimit -f 64; seed --products 2000 --facts 20000").ended;
  const left = readdirSync(here.scenario);
  const { code } = await here.run(`seed ${SMALL}`).ended;

  expect(full.code).toBe(1);
  expect(full.said).toContain("error: a file could not be written (disk I/O error).");
  expect(full.said).toContain("fix: free space on the disk, then run the same command again");
  expect(left).toEqual([]);
  expect(code).toBe(0);
});

test("no room for Bridle's own files: told at the start, with the folder, and nothing was applied", async () => {
  const here = inventoryStory(prepared());

  const { code, said } = await here.run("ulimit -f 500; story --yes").ended;
  const platform = new PlatformDatabase(join(here.scenario, "platform.db"));
  const effects = platform.effects();
  platform.close();

  expect(code).toBe(1);
  expect(said).toContain("error: The Temporal server did not start");
  expect(said).toContain(`fix: Free space on the disk of ${here.home} and start again; what was stored is kept.`);
  expect(effects).toEqual([]);
});

test("the platform does not run: the story says so before anything starts", async () => {
  const here = inventoryStory(prepared());
  const url = `http://127.0.0.1:${await freePort()}`;

  const { code, said } = await here.run("story --yes", { INVENTORY_SCENARIO_PLATFORM_URL: url }).ended;

  expect(code).toBe(1);
  expect(said).toContain(`error: The platform at ${url} did not answer: connect ECONNREFUSED`);
  expect(said).toContain("fix: Start it with the command platform");
  expect(existsSync(here.home)).toBe(false);
});

test("the platform is killed in the middle: the story says what it waits for, and goes on by itself", async () => {
  const here = inventoryStory(prepared());
  const port = await freePort();
  const first = here.run(`platform --port ${port}`);
  await first.saying(/answers at/u);
  const story = here.run("story --yes", { INVENTORY_SCENARIO_PLATFORM_URL: `http://127.0.0.1:${port}` });
  await story.saying(/is executing/u);
  first.signal("SIGKILL");
  await story.saying(/action \d+ waits after attempt \d+: The platform at .* did not answer.*\n.*fix: Start it/u);

  await here.run(`platform --port ${port}`).saying(/answers at/u);
  const { code, said } = await story.ended;

  expect(code).toBe(0);
  expect(said.match(/^ {2}action \d+ +(?:reorder_products|hold_inventory)/gmu)).toHaveLength(10);
});

test("an empty platform, and a port that is taken", async () => {
  const empty = inventoryStory();
  const seeded = inventoryStory(prepared());
  const port = await occupiedPort();

  const unseeded = await empty.run("platform --port 0").ended;
  const taken = await seeded.run(`platform --port ${port}`).ended;

  expect(unseeded).toMatchObject({
    code: 1,
    said: expect.stringContaining("has no products. Run the command seed first."),
  });
  expect(taken).toMatchObject({
    code: 1,
    said: `error: Port ${port} is in use. Choose another with --port, or stop what listens there.\n`,
  });
});

test("an old Node is told which one is needed, by the built command", async () => {
  const older = `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.20.2"}})`;

  const { code, said } = await inventoryStory().shell(`node --import '${older}' ${BIN} doctor`).ended;

  expect(code).toBe(2);
  expect(said).toContain("bridle needs Node >=22.12; this is 20.20.2.\nfix: install a current Node");
});
