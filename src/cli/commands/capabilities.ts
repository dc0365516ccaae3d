import { HTTP_ROUTES } from "../../studio/server/http-routes.ts";
import type { CommandCall, CommandSpec } from "../command.ts";
import { EXIT, EXIT_MEANINGS, type ExitCode } from "../exit-code.ts";
import { OUTPUT_MODES } from "../output/output.ts";
import { table } from "../output/table.ts";
import { packageVersion } from "../package-version.ts";
import { ENVIRONMENT_VARIABLES } from "../settings/environment-variables.ts";
import { GLOBAL_FLAGS } from "../settings/global-flags.ts";
import { flagName, type Setting, type Switch } from "../settings/setting.ts";

/** `bridle capabilities`: what this version of the command can do, for programs. It describes the commands it is given. */
export function capabilitiesOf(others: readonly CommandSpec[]): CommandSpec {
  const own: CommandSpec = {
    name: "capabilities",
    summary: "describe commands, flags, variables, exit codes and HTTP routes for programs",
    settings: [],
    examples: ["bridle capabilities --json"],
    run: async (call) => tell(call, [...others, own]),
  };
  return own;
}

async function tell({ output }: CommandCall, commands: readonly CommandSpec[]): Promise<ExitCode> {
  const document = {
    name: "bridle",
    version: packageVersion(),
    outputModes: OUTPUT_MODES,
    globalFlags: GLOBAL_FLAGS.map(flagDocument),
    commands: commands.map(commandDocument),
    environment: environmentDocument(commands),
    exitCodes: EXIT_MEANINGS,
    httpRoutes: HTTP_ROUTES,
  };
  output.result(document, describe(commands));
  return EXIT.ok;
}

interface FlagDocument {
  readonly flag: string;
  readonly takesValue: boolean;
  readonly description: string;
  readonly env?: string;
}

function flagDocument(flag: Setting<unknown> | Switch): FlagDocument {
  const { flags, description } = flag;
  const env = "env" in flag && typeof flag.env === "string" ? { env: flag.env } : {};
  return { flag: `--${flagName(flags)}`, takesValue: flags.includes("<"), description, ...env };
}

function commandDocument(spec: CommandSpec): object {
  const { name, summary, argument = null, secondArgument = null, settings, switches = [], examples } = spec;
  const flags = [...settings, ...switches].map(flagDocument);
  return { name, summary, argument, secondArgument, flags, examples };
}

/** Variables that stand for flags, and those that have none. */
function environmentDocument(commands: readonly CommandSpec[]): readonly { name: string; description: string }[] {
  const settings = [...GLOBAL_FLAGS, ...commands.flatMap((command) => command.settings)];
  const ofFlags = settings.flatMap((setting) =>
    "env" in setting && typeof setting.env === "string"
      ? [{ name: setting.env, description: setting.description }]
      : [],
  );
  const all = new Map([...ofFlags, ...ENVIRONMENT_VARIABLES].map((variable) => [variable.name, variable]));
  return [...all.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function describe(commands: readonly CommandSpec[]): string {
  const codes = EXIT_MEANINGS.map(({ code, meaning }) => [`exit ${code}`, meaning]);
  const routes = HTTP_ROUTES.map(({ method, path, summary }) => [`${method} ${path}`, summary]);
  return table([...commands.map(({ name, summary }) => [name, summary]), ["", ""], ...codes, ["", ""], ...routes]);
}
