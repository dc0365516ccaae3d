import type { Environment } from "../environment.ts";
import { InputError } from "../protocol/errors.ts";
import type { ExitCode } from "./exit-code.ts";
import type { Output } from "./output/output.ts";
import type { GivenFlags, Setting, Switch } from "./settings/setting.ts";
import { flagName, readSetting, readSettings } from "./settings/setting.ts";

/** One command, as help, `bridle capabilities` and the parser read it. */
export interface CommandSpec {
  /** One word, or groups and a word: `runs list`, `data profile estimate`. */
  readonly name: string;
  readonly summary: string;
  /** The one argument that the command takes. */
  readonly argument?: { readonly name: string; readonly description: string };
  /** One more, for a command that names a part of what the first one names. */
  readonly secondArgument?: { readonly name: string; readonly description: string };
  readonly settings: readonly Setting<unknown>[];
  readonly switches?: readonly Switch[];
  readonly examples: readonly string[];
  run(call: CommandCall): Promise<ExitCode>;
}

/** What a command gets to work with. */
export interface CommandCall {
  readonly flags: GivenFlags;
  readonly argument: string;
  readonly secondArgument?: string;
  readonly env: Environment;
  /** The folder that the command was started in. */
  readonly folder: string;
  readonly output: Output;
  readonly stdin: NodeJS.ReadStream;
}

/** The value of a setting as this call has it. */
export function valueOf<Value>({ flags, env }: CommandCall, setting: Setting<Value>): Value | undefined {
  return readSetting(setting, flags, env);
}

/** Every value of a repeatable setting. */
export function valuesOf<Value>({ flags }: CommandCall, setting: Setting<Value>): readonly Value[] {
  return readSettings(setting, flags);
}

/** The argument of this call, read as the setting of the same name. */
export function argumentOf<Value>({ argument }: CommandCall, setting: Setting<Value>): Value {
  const value = setting.parse(argument);
  if (value !== undefined) return value;
  const name = flagName(setting.flags);
  throw new InputError("INPUT_INVALID", `${name} must be ${setting.expected}; received ${JSON.stringify(argument)}.`);
}

/** Whether a switch was given. */
export function isOn({ flags }: CommandCall, { flags: name }: Switch): boolean {
  return flags[flagName(name)] === true;
}
