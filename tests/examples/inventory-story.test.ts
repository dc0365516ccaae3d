import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { PlatformDatabase } from "../../examples/inventory-scenario/platform/platform-database.ts";
import { BIN } from "../helpers/cli.ts";
import { embeddedServerOf } from "../helpers/embedded-server-of.ts";
import { type InventoryStory, inventoryStory } from "../helpers/inventory-story.ts";
import { occupiedPort } from "../helpers/occupied-port.ts";
import { preparedScenario } from "../helpers/prepared-scenario.ts";

const TEST_MS = 120_000;
/** Twice the promise of ten seconds, because a machine that tests is busy. */
const SECOND_START_MS = 20_000;
const prepared = preparedScenario();

test(
  "`npm start`: Ctrl-C at the pause and the same command again go on with the same plan, on other ports when those are taken",
  { timeout: TEST_MS },
  async () => {
    const here = inventoryStory(prepared());
    const first = here.shell("npm start");
    const [, planId = ""] = await first.saying(/approvals approve (\S+)/u);
    await first.saying(/There is no terminal here and no --yes, so the plan waits/u);
    first.signal("SIGINT");
    const left = await first.ended;
    const server = embeddedServerOf(here.home);
    await occupiedPort(portOf(here));

    const begun = performance.now();
    const second = here.shell("npm start");
    const [, sameId = ""] = await second.saying(/approvals approve (\S+)/u);
    const secondStartMs = performance.now() - begun;
    await here.shell(`node ${BIN} approvals approve ${planId} --by ann`).ended;
    const { code, said } = await second.ended;

    console.log(`second start of npm start, to the paused plan: ${(secondStartMs / 1000).toFixed(1)} s`);
    expect(left.said).toContain("Leaving. The run stays as it is; start again and it goes on here.");
    expect(left.said).toMatch(/Paused \d+\.\d s after the start\. Nothing has changed on the platform\./u);
    expect(server).toBeNull();
    expect(sameId).toBe(planId);
    expect(said).toContain("Going on with the story of");
    expect(code).toBe(0);
    expect(appliedOf(here)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(secondStartMs).toBeLessThan(SECOND_START_MS);
  },
);

test("without a terminal only --yes approves", { timeout: TEST_MS }, async () => {
  const here = inventoryStory(prepared());

  const { code, said } = await here.run("story --yes").ended;

  expect(code).toBe(0);
  expect(said).toMatch(/^you +decided: approve$/mu);
  expect(said).toContain("action 9: held back for 26,750 products");
  expect(appliedOf(here)).toHaveLength(10);
});

test(
  "at a terminal: Ctrl-C at the question leaves, n rejects the same plan, and nothing is applied",
  { timeout: TEST_MS },
  async () => {
    const here = inventoryStory(prepared());
    const line = "node examples/inventory-scenario/main.ts story";
    const first = here.shell(line, {}, true);
    const [, planId = ""] = await first.saying(/approvals approve (\S+)/u);
    await first.saying(/leaves it waiting:/u);
    first.type("\u0003");
    const left = await first.ended;

    const second = here.shell(line, {}, true);
    const [, sameId = ""] = await second.saying(/approvals approve (\S+)/u);
    await second.saying(/leaves it waiting:/u);
    second.type("n\r");
    const { said } = await second.ended;

    expect(left).toMatchObject({ code: 130, said: expect.stringContaining("Leaving.") });
    expect(sameId).toBe(planId);
    expect(said).toMatch(/^you +decided: reject$/mu);
    expect(said).toContain("nothing was applied.");
    expect(said).not.toContain("on order");
    expect(appliedOf(here)).toEqual([]);
  },
);

function appliedOf({ scenario }: InventoryStory): readonly number[] {
  const platform = new PlatformDatabase(join(scenario, "platform.db"));
  const applied = platform.effects().map(({ actionIndex }) => actionIndex);
  platform.close();
  return applied;
}

function portOf({ home }: InventoryStory): number {
  const record: unknown = JSON.parse(readFileSync(join(home, "temporal.json"), "utf8"));
  return z.looseObject({ ports: z.looseObject({ grpc: z.number() }) }).parse(record).ports.grpc;
}
