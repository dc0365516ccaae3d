import { join } from "node:path";
import { expect, inject, test, vi } from "vitest";
import * as z from "zod";
import { PlatformDatabase } from "../../examples/inventory-scenario/platform/platform-database.ts";
import { storyScript } from "../../examples/inventory-scenario/story.ts";
import { locateTemporalCli } from "../../src/runtime/temporal/locate-temporal-cli.ts";
import { BIN, parseJson } from "../helpers/cli.ts";
import { type InventoryStory, inventoryStory } from "../helpers/inventory-story.ts";
import { preparedScenario } from "../helpers/prepared-scenario.ts";
import { ROOT } from "../helpers/source-files.ts";

/** The inventory story hosted by the command line, answered by nothing but the `temporal` command. */

const APP = join(ROOT, "examples", "inventory-scenario", "app.ts");
const TEST_MS = 120_000;
const ALL_TEN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const prepared = preparedScenario();

test(
  "dev: `temporal workflow signal` alone carries the story from the pause to its effects",
  { timeout: TEST_MS },
  async () => {
    const here = inventoryStory(prepared());
    const planId = `plan-dev-${Date.now()}`;
    const cli = await locateTemporalCli({ env: process.env, home: join(ROOT, ".cache") });
    const dev = here.shell(`exec node ${BIN} dev --app ${APP} --interpreter scripted --port 0 --json`, {
      BRIDLE_TEMPORAL_CLI: cli,
    });
    const [, address = ""] = await dev.saying(/"dev\.ready".*"temporalAddress": ?"([^"]+)"/u);
    await startStory(here, planId);

    const signalled = await here.shell(`${cli} ${signalOf(planId, address)}`).ended;
    await runEnds(here);

    expect(signalled.code).toBe(0);
    expect(await planOf(here, planId)).toMatchObject({
      status: "executed",
      decisions: [{ decision: "approve", authn: "none", channel: "signal" }],
    });
    expect(appliedOf(here, planId)).toEqual(ALL_TEN);
    dev.signal("SIGTERM");
    expect((await dev.ended).code).toBe(0);
  },
);

test(
  "serve: an unsigned signal is refused and recorded, nothing is applied, and a signed answer carries it to the end",
  { timeout: TEST_MS },
  async () => {
    const here = inventoryStory(prepared());
    const planId = `plan-serve-${Date.now()}`;
    const address = inject("temporalAddress");
    const place = { TEMPORAL_ADDRESS: address, TEMPORAL_TASK_QUEUE: planId };
    const cli = await locateTemporalCli({ env: process.env, home: join(ROOT, ".cache") });
    const worker = here.shell(`exec node ${BIN} worker --app ${APP} --interpreter scripted`, place);
    const serve = here.shell(`exec node ${BIN} serve --app ${APP} --interpreter scripted --port 0`, place);
    await Promise.all([worker.saying(/worker\.ready/u), serve.saying(/serve\.ready/u)]);
    await startStory(here, planId, place);

    const signalled = await here.shell(`${cli} ${signalOf(planId, address)}`).ended;
    const refused = await vi.waitFor(async () => {
      const plan = await planOf(here, planId);
      expect(plan).toMatchObject({ decisions: [expect.anything()] });
      return plan;
    }, 20_000);
    const before = appliedOf(here, planId);
    await here.shell(`node ${BIN} approvals approve ${planId} --by ann`, place).ended;
    await runEnds(here, place);

    expect(signalled.code).toBe(0);
    expect(refused).toMatchObject({
      status: "draft",
      decisions: [{ channel: "signal", authn: "none", refused: "unsigned" }],
    });
    expect(before).toEqual([]);
    expect(await planOf(here, planId)).toMatchObject({
      status: "executed",
      decisions: [{ refused: "unsigned" }, { by: "ann", authn: "signature", refused: null }],
    });
    expect(appliedOf(here, planId)).toEqual(ALL_TEN);
  },
);

function signalOf(planId: string, address: string): string {
  return `workflow signal --address ${address} --workflow-id inventory-demo/default/plan/${planId} --name approve`;
}

type Place = Readonly<Record<string, string>>;

/** Starts the story as a run called r1, and waits until its plan is in the inbox. */
async function startStory(here: InventoryStory, planId: string, place: Place = {}): Promise<void> {
  const run = `run --app ${APP} --interpreter scripted --run-id r1 --detach --thread-id ${planId}`;
  const started = await here.shell(`node ${BIN} ${run} --prompt "$PROMPT"`, { ...place, PROMPT: storyScript(planId) })
    .ended;
  if (started.code !== 0) throw new Error(started.said);
  await vi.waitFor(
    async () => expect((await inbox(here, place)).some((waiting) => waiting.includes(planId))).toBe(true),
    40_000,
  );
}

async function inbox(here: InventoryStory, place: Place): Promise<readonly string[]> {
  const { stdout } = await here.shell(`node ${BIN} approvals list --json`, place).ended;
  return z
    .array(z.unknown())
    .parse(parseJson(stdout)["items"])
    .map((item) => JSON.stringify(item));
}

async function runEnds(here: InventoryStory, place: Place = {}): Promise<void> {
  await vi.waitFor(async () => {
    const { stdout } = await here.shell(`node ${BIN} runs show r1 --json`, place).ended;
    expect(parseJson(stdout)).toMatchObject({ status: "completed" });
  }, 40_000);
}

async function planOf(here: InventoryStory, planId: string): Promise<Readonly<Record<string, unknown>>> {
  return parseJson((await here.shell(`node ${BIN} plans show ${planId} --audit --json`).ended).stdout);
}

function appliedOf({ scenario }: InventoryStory, planId: string): readonly number[] {
  const platform = new PlatformDatabase(join(scenario, "platform.db"));
  const applied = platform.effects({ planId }).map(({ actionIndex }) => actionIndex);
  platform.close();
  return applied;
}
