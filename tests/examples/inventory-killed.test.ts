import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test, vi } from "vitest";
import { embeddedServerOf } from "../helpers/embedded-server-of.ts";
import { freePort } from "../helpers/free-port.ts";
import { type InventoryStory, inventoryStory } from "../helpers/inventory-story.ts";
import { preparedScenario } from "../helpers/prepared-scenario.ts";
import type { ShellCommand } from "../helpers/shell-command.ts";

/** `kill -9` of every process of the story in turn; then the platform must be as if nothing had happened. */

type Victim = "story" | "Temporal" | "platform" | "query process";

/** What is waited for on the story's screen, and who dies then. Somebody approves at the third one. */
const MOMENTS: readonly { readonly at: RegExp; readonly victims: readonly Victim[]; readonly yes?: boolean }[] = [
  { at: /calls execute_query/u, victims: ["query process"] },
  { at: /calls resolveProductSet/u, victims: ["story"] },
  { at: /calls storePlan/u, victims: ["Temporal"] },
  { at: /so the plan waits/u, victims: ["story"] },
  { at: /so the plan waits/u, victims: ["Temporal", "story"] },
  { at: /is executing/u, victims: ["platform"], yes: true },
  { at: /action 1: ordered/u, victims: ["story"], yes: true },
  { at: /action 3: held/u, victims: ["Temporal"], yes: true },
  { at: /action 5: held/u, victims: ["platform", "story"], yes: true },
  { at: /action 7: ordered/u, victims: ["Temporal", "platform", "story"], yes: true },
];
/** Long enough that an action is under way whenever somebody dies. */
const SLOW_WRITES = { kind: "delay", times: 1_000, delayMs: 400 };
const prepared = preparedScenario();

test(
  "whatever process is killed, effects and stock end as those of the undisturbed run",
  { timeout: 400_000 },
  async () => {
    const calm = await openScene();
    const calmEnd = await calm.story(true).ended;
    const disturbed = await openScene();
    const table: string[] = [];

    let story = disturbed.story(false);
    for (const { at, victims, yes = false } of MOMENTS) {
      if (yes && !disturbed.isApproving) story = await disturbed.restart(story, yes);
      await story.saying(at);
      const before = outcomeOf(disturbed.here).effects.length;
      for (const victim of victims) await disturbed.kill(victim, story);
      table.push(
        `${at.source.padEnd(24)} ${victims.join(" + ").padEnd(28)} ${String(before).padStart(2)} of 10 effects`,
      );
      if (victims.includes("platform")) await disturbed.startPlatform();
      if (!victims.every((victim) => victim === "platform" || victim === "query process"))
        story = await disturbed.restart(story, yes);
    }
    const { code } = await story.ended;

    const [expected, came] = [outcomeOf(calm.here), outcomeOf(disturbed.here)];
    const line = ({ effects, stock }: Outcome): string =>
      `${effects.length} effects, stock sha256 ${stock.slice(0, 16)}`;
    console.log(["at this line              kill -9 of                   applied so far", ...table].join("\n"));
    console.log(`undisturbed: ${line(expected)}\ndisturbed:   ${line(came)}`);
    expect([calmEnd.code, code]).toEqual([0, 0]);
    expect(came).toEqual(expected);
    expect(expected.effects).toHaveLength(10);
  },
);

/** The scenario in a folder of its own, with its platform as a server. */
interface Scene {
  readonly here: InventoryStory;
  readonly isApproving: boolean;
  story(yes: boolean): ShellCommand;
  /** What someone does whose story stands still: Ctrl-C where it still lives, and the same command again. */
  restart(story: ShellCommand, yes: boolean): Promise<ShellCommand>;
  startPlatform(): Promise<void>;
  kill(victim: Victim, story: ShellCommand): Promise<void>;
}

async function openScene(): Promise<Scene> {
  const here = inventoryStory(prepared());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let platform: ShellCommand | undefined;
  let isApproving = false;
  const startPlatform = async (): Promise<void> => {
    platform = here.run(`platform --port ${port} --faults`);
    await platform.saying(/answers at/u);
    const headers = { "content-type": "application/json" };
    await fetch(`${url}/faults`, { method: "POST", headers, body: JSON.stringify(SLOW_WRITES) });
  };
  const story = (yes: boolean): ShellCommand => {
    isApproving = yes;
    return here.run(`story${yes ? " --yes" : ""}`, { INVENTORY_SCENARIO_PLATFORM_URL: url });
  };
  const killed = async (command: ShellCommand | undefined): Promise<void> => {
    command?.child.kill("SIGKILL");
    await command?.ended;
  };
  await startPlatform();
  return {
    here,
    story,
    startPlatform,
    get isApproving() {
      return isApproving;
    },
    async restart(old, yes) {
      old.child.kill("SIGINT");
      await old.ended;
      return story(yes);
    },
    async kill(victim, running) {
      if (victim === "story") return killed(running);
      if (victim === "platform") return killed(platform);
      const pid = victim === "Temporal" ? embeddedServerOf(here.home) : await queryProcessOf(running);
      if (pid === null) throw new Error(`there is no ${victim} to kill:\n${running.said()}`);
      process.kill(pid, "SIGKILL");
    },
  };
}

/** The process that runs the SQL of models for the story. */
async function queryProcessOf({ child }: ShellCommand): Promise<number> {
  return vi.waitUntil(() => {
    const lines = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(child.pid)], { encoding: "utf8" }).split(
      "\n",
    );
    const found = lines.find((line) => line.includes("query-process"));
    return found === undefined ? undefined : Number.parseInt(found, 10);
  }, 5_000);
}

interface Outcome {
  readonly effects: readonly unknown[];
  readonly stock: string;
}

/** Every effect in its order without what each run names anew, and all of the stock. */
function outcomeOf({ scenario }: InventoryStory): Outcome {
  const platform = new Database(join(scenario, "platform.db"), { readonly: true });
  const effects = platform.prepare("select action_index, kind, product_count from applied_effects order by id").all();
  const stock = JSON.stringify(platform.prepare("select * from stock order by product_id").raw().all());
  platform.close();
  return { effects, stock: createHash("sha256").update(stock).digest("hex") };
}
