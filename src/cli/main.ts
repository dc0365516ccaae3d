import { type Environment, processEnvironment } from "../environment.ts";
import type { CommandCall } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Output } from "./output/output.ts";
import { packageVersion } from "./package-version.ts";
import { type ParsedCall, parseCommandLine } from "./program.ts";
import { loadEnvFiles } from "./settings/env-files.ts";
import { ENV_FILE_SETTING, outputFor } from "./settings/global-flags.ts";
import { type GivenFlags, readSetting } from "./settings/setting.ts";

/** Runs one command line and says with which code the process should end. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const parsed = await parseCommandLine({ commands: COMMANDS, version: packageVersion() }, args);
  if (parsed.kind === "shown") {
    process.stdout.write(parsed.text);
    return EXIT.ok;
  }
  const env = processEnvironment();
  if (parsed.kind === "refused") return safeOutput(parsed.flags, env).fail(parsed.error);
  return run(parsed.call, env);
}

async function run(call: ParsedCall, processEnv: Environment): Promise<ExitCode> {
  let output = safeOutput(call.flags, processEnv);
  try {
    const file = readSetting(ENV_FILE_SETTING, call.flags, processEnv);
    const { env, added, files } = loadEnvFiles({ env: processEnv, folder: process.cwd(), file });
    output = outputFor(call.flags, env, process);
    // The app's own code reads the environment of the process, so the files count there too.
    Object.assign(process.env, added);
    output.detail(files.length === 0 ? "environment files: none" : `environment files: ${files.join(", ")}`);
    const context: CommandCall = { ...call, env, folder: process.cwd(), output, stdin: process.stdin };
    const exitCode = await call.spec.run(context);
    output.done(exitCode);
    return exitCode;
  } catch (error) {
    return output.fail(error);
  }
}

/** A wrong output mode must not hide the error that tells of it. */
function safeOutput(flags: GivenFlags, env: Environment): Output {
  try {
    return outputFor(flags, env, process);
  } catch {
    return outputFor({ ...flags, output: undefined }, { ...env, BRIDLE_OUTPUT: undefined }, process);
  }
}
