import { parseArgs } from "node:util";
import { writeDataEnvironment } from "./commands/data-env.ts";
import { platform } from "./commands/platform.ts";
import { prepare } from "./commands/prepare.ts";
import { DEFAULT_SIZE, seed } from "./commands/seed.ts";
import { smoke } from "./commands/smoke.ts";
import { story } from "./commands/story.ts";
import { explain } from "./explain.ts";
import { type ScenarioFolder, scenarioFolder } from "./scenario-folder.ts";

const USAGE = `Usage: npm run inventory -- <command>

  seed      write the customer's database     [--seed N --products N --facts N --force]
  data-env  write the data environment file   [--out FILE]
  prepare   seed, data-env, profile, ingest, index: what is missing of them
  platform  serve the mock platform           [--port 8123 --faults]
  smoke     run the agents on a script and check what came of it, without a model
  story     the whole story with a pause for you  [--yes --live]
`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    products: { type: "string" },
    facts: { type: "string" },
    force: { type: "boolean", default: false },
    out: { type: "string" },
    port: { type: "string" },
    faults: { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
    live: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const [command = "help"] = values.help ? ["help"] : positionals;
const COMMANDS: Readonly<Record<string, (folder: ScenarioFolder) => void | Promise<void>>> = {
  seed: (folder) =>
    seed(folder, {
      seed: whole("seed", values.seed, DEFAULT_SIZE.seed),
      products: whole("products", values.products, DEFAULT_SIZE.products),
      facts: whole("facts", values.facts, DEFAULT_SIZE.facts),
      force: values.force,
    }),
  "data-env": (folder) => writeDataEnvironment(values.out ?? folder.dataEnvironment),
  prepare,
  platform: (folder) => platform(folder, { port: whole("port", values.port, 8123), faults: values.faults }),
  smoke: () => smoke(),
  story: (folder) => story(folder, values),
  help: () => console.log(USAGE),
};

const run = COMMANDS[command];
if (run === undefined) {
  console.error(`There is no command "${command}".\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  try {
    await run(scenarioFolder());
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}

function whole(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  console.error(`--${name} must be a whole number; received ${JSON.stringify(value)}.`);
  process.exit(2);
}
