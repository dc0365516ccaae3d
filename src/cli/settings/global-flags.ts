import type { Environment } from "../../environment.ts";
import { OUTPUT_MODES, Output, type OutputMode } from "../output/output.ts";
import type { Sink } from "../output/output-sink.ts";
import { secretsOf } from "../output/secrets.ts";
import { styleFor } from "../output/style.ts";
import { type GivenFlags, readSetting, type Setting, type Switch } from "./setting.ts";
import { path } from "./setting-kinds.ts";

/** How results are written. */
const OUTPUT_SETTING: Setting<OutputMode> = {
  flags: "--output <mode>",
  description: `how results are written: ${OUTPUT_MODES.join(", ")}`,
  env: "BRIDLE_OUTPUT",
  expected: `one of ${OUTPUT_MODES.join(", ")}`,
  parse: (text) => OUTPUT_MODES.find((mode) => mode === text),
};

/** Files with environment variables. */
export const ENV_FILE_SETTING = path(
  "--env-file <path>",
  "read this file of variables instead of .env.local, .env.{NODE_ENV} and .env",
);

/** The file that says where data, catalog and knowledge are; the `data` commands need it. */
export const DATA_ENVIRONMENT_SETTING = path(
  "--data-environment <file>",
  "the JSON or TOML file that says where the data is",
  "BRIDLE_DATA_ENVIRONMENT",
);

/** What every command takes, before or after its name. */
export const GLOBAL_FLAGS: readonly (Setting<unknown> | Switch)[] = [
  OUTPUT_SETTING,
  { flags: "--json", description: "the same as --output json" },
  { flags: "--quiet", description: "no progress and no hints" },
  { flags: "--verbose", description: "more detail, and stacks of errors" },
  { flags: "--no-color", description: "no colours (env: NO_COLOR; FORCE_COLOR forces them)" },
  ENV_FILE_SETTING,
  DATA_ENVIRONMENT_SETTING,
];

/** The streams of a process, and whether people look at them. */
export interface Streams {
  readonly stdout: Sink & { readonly isTTY?: boolean };
  readonly stderr: Sink & { readonly isTTY?: boolean };
}

/** The output that the global flags and the environment ask for. */
export function outputFor(flags: GivenFlags, env: Environment, streams: Streams): Output {
  const { stdout, stderr } = streams;
  const wanted = flags["no-color"] !== true;
  return new Output({
    mode: flags["json"] === true ? "json" : (readSetting(OUTPUT_SETTING, flags, env) ?? "text"),
    isQuiet: flags["quiet"] === true,
    isVerbose: flags["verbose"] === true,
    stdout,
    stderr,
    style: {
      stdout: styleFor({ env, isTerminal: stdout.isTTY === true, wanted }),
      stderr: styleFor({ env, isTerminal: stderr.isTTY === true, wanted }),
    },
    secrets: secretsOf(env),
    isAnimated: stderr.isTTY === true && env["TERM"] !== "dumb" && (env["CI"] ?? "") === "",
  });
}
