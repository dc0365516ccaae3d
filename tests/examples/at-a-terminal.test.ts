import { cpSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { locateTemporalCli } from "../../src/runtime/temporal/locate-temporal-cli.ts";
import { BIN, parseJson } from "../helpers/cli.ts";
import { killEmbeddedServer } from "../helpers/embedded-server-of.ts";
import { preparedScenario } from "../helpers/prepared-scenario.ts";
import { runShell, type ShellCommand, shellCommand } from "../helpers/shell-command.ts";
import { ROOT } from "../helpers/source-files.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

/** The stories of the examples at a terminal of their own, which is what the templates of `bridle init` give a new user. */

const STORIES: readonly Story[] = [
  ["blank", "main.ts"],
  ["coordinator-planner-executor", "main.ts story"],
  ["inventory-scenario", "main.ts story"],
];
const QUESTION = /anything else leaves it waiting:/u;
const ENTER = "\r";
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
vi.setConfig({ testTimeout: 120_000 });
const prepared = preparedScenario();

let temporal = "";
beforeAll(async () => {
  temporal = await locateTemporalCli({ env: process.env, home: join(ROOT, ".cache") });
});

test.each(STORIES)(
  "%s: an answer from elsewhere closes the open question, and the program ends well",
  async (...at) => {
    const here = newPlace(at);
    const story = here.start();
    const [, planId = ""] = await story.saying(/approvals approve (\S+)/u);
    await story.saying(QUESTION);

    await here.run(`node ${BIN} approvals approve ${planId} --by ann`);
    const { code, said } = await story.ended;

    expect({ code, said }).toEqual({ code: 0, said: expect.not.stringContaining("Leaving") });
    expect(await here.statusOf(planId)).toBe("executed");
  },
);

test.each(STORIES)("%s: what is no clear answer decides nothing, and the next start asks again", async (...at) => {
  const here = newPlace(at);
  const planId = await leave(here.start(), ENTER);
  const waits = await here.statusOf(planId);
  const sameId = await leave(here.start(), CTRL_D);
  const waitsStill = await here.statusOf(planId);

  const third = here.start();
  await third.saying(QUESTION);
  third.type(`n${ENTER}`);
  const { code, said } = await third.ended;

  expect([waits, sameId, waitsStill]).toEqual(["draft", planId, "draft"]);
  expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining(`${planId} is rejected`) });
});

test.each([
  ["coordinator-planner-executor", "main.ts seed"],
  ["inventory-scenario", "main.ts data-env"],
])("%s makes the data folder for its owner only", async (example, command) => {
  const folder = temporaryFolder();

  await runShell(`umask 022; node ${join(ROOT, "examples", example, command)}`, { folder });

  expect(statSync(join(folder, ".bridle")).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, ".bridle", example)).mode & 0o777).toBe(0o700);
});

test("the inventory story names each of its ten actions before it says that the plan is applied", async () => {
  const here = newPlace(["inventory-scenario", "main.ts story"]);
  const story = here.start();
  await story.saying(QUESTION);

  story.type(`yes${ENTER}`);
  const { code, said } = await story.ended;

  const [before = ""] = said.split(/plan \S+ is applied/u);
  const named = [...before.matchAll(/^ {2}action (\d+): /gmu)].map(([, number]) => Number(number));
  expect(code).toBe(0);
  expect(named).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

/** Types something that is neither yes nor no, then Ctrl-C, and gives the plan that was asked about. */
async function leave(story: ShellCommand, typed: string): Promise<string> {
  const [, planId = ""] = await story.saying(/approvals approve (\S+)/u);
  await story.saying(QUESTION);
  story.type(typed);
  await story.saying(/^It waits\. /mu);
  story.type(CTRL_C);
  const { code, said } = await story.ended;
  expect({ code, said }).toEqual({ code: 130, said: expect.stringMatching(/Leaving\. The (?:plan waits|run stays)/u) });
  return planId;
}

/** Name of an example, and what tells its story. */
type Story = readonly [example: string, command: string];

interface Place {
  readonly folder: string;
  /** The story, at a terminal. */
  start(): ShellCommand;
  run(line: string): Promise<string>;
  statusOf(planId: string): Promise<unknown>;
}

function newPlace([example, command]: Story): Place {
  const folder = temporaryFolder();
  const home = join(folder, ".bridle");
  const scenario = join(folder, ".bridle", "inventory-scenario");
  if (example === "inventory-scenario") cpSync(prepared(), scenario, { recursive: true });
  onTestFinished(() => killEmbeddedServer(home));
  const place = { folder, env: { BRIDLE_TEMPORAL_CLI: temporal } };
  const line = `node ${join(ROOT, "examples", example, command)}`;
  const run = async (text: string): Promise<string> => runShell(text, place);
  return {
    folder,
    start: () => shellCommand(line, { ...place, terminal: true }),
    run,
    async statusOf(planId) {
      return parseJson(await run(`node ${BIN} plans show ${planId} --json`))["status"];
    },
  };
}
