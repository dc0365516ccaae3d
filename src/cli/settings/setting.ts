import type { Environment } from "../../environment.ts";
import { InputError } from "../../protocol/errors.ts";

/** A value that a flag or an environment variable gives; the flag wins. */
export interface Setting<Value> {
  /** As help shows it: `--port <number>`. */
  readonly flags: string;
  readonly description: string;
  readonly env?: string;
  /** What a good value looks like, for the error about a wrong one. */
  readonly expected: string;
  /** The value that a text means; undefined when it means none. */
  readonly parse: (text: string) => Value | undefined;
  /** Whether the flag may come several times; `readSettings` gives its values. */
  readonly isRepeatable?: boolean;
}

/** A flag that is there or not. */
export interface Switch {
  readonly flags: string;
  readonly description: string;
}

/** The values of a command line, by the name of their flag: `{"run-id": "r1", detach: true}`. */
export type GivenFlags = Readonly<Record<string, unknown>>;

/** The value of a setting, or undefined when nobody gave one. A wrong one is an error that names where it came from. */
export function readSetting<Value>(setting: Setting<Value>, flags: GivenFlags, env: Environment): Value | undefined {
  const fromFlag = flags[flagName(setting.flags)];
  if (typeof fromFlag === "string") return parsed(setting, fromFlag, `--${flagName(setting.flags)}`);
  const fromEnv = setting.env === undefined ? undefined : env[setting.env];
  return fromEnv === undefined || fromEnv === "" ? undefined : parsed(setting, fromEnv, setting.env ?? "");
}

/** Every value of a flag that may come several times, in the order given. */
export function readSettings<Value>(setting: Setting<Value>, flags: GivenFlags): readonly Value[] {
  const given = flags[flagName(setting.flags)];
  if (!Array.isArray(given)) return [];
  return given.map((text) => parsed(setting, String(text), `--${flagName(setting.flags)}`));
}

/** The bare name of a flag: `--no-worker` and `--run-id <id>` are `no-worker` and `run-id`. */
export function flagName(flags: string): string {
  return /--([a-z][a-z-]*)/.exec(flags)?.[1] ?? flags;
}

function parsed<Value>(setting: Setting<Value>, text: string, source: string): Value {
  const value = setting.parse(text);
  if (value !== undefined) return value;
  throw new InputError("INPUT_INVALID", `${source} must be ${setting.expected}; received ${JSON.stringify(text)}.`, {
    hint: `Correct ${source}, or leave it out.`,
  });
}
