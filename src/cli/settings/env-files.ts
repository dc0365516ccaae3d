import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import type { Environment } from "../../environment.ts";
import { errorCode } from "../../lib/error-code.ts";
import { thrownMessage } from "../../lib/thrown-text.ts";
import { InputError } from "../../protocol/errors.ts";

/** The environment with what the files of the project add to it. */
export interface LoadedEnvironment {
  readonly env: Environment;
  /** What the files added; the process had none of it. */
  readonly added: Readonly<Record<string, string>>;
  /** The files that were read, the strongest first. */
  readonly files: readonly string[];
}

/** Where environment files are looked for. */
export interface EnvFileSearch {
  readonly env: Environment;
  readonly folder: string;
  /** Read instead of the usual files; it must exist. */
  readonly file: string | undefined;
}

/** The process comes first, then `.env.local`, `.env.{NODE_ENV}`, `.env`; or the one file that the caller names. */
export function loadEnvFiles({ env, folder, file }: EnvFileSearch): LoadedEnvironment {
  const added: Record<string, string> = {};
  const files: string[] = [];
  for (const path of file === undefined ? usualFiles(env, folder) : [resolve(folder, file)]) {
    const text = read(path, file !== undefined);
    if (text === undefined) continue;
    files.push(path);
    for (const [name, value] of Object.entries(parseEnv(text))) {
      if (value !== undefined && env[name] === undefined && !Object.hasOwn(added, name)) added[name] = value;
    }
  }
  return { env: { ...env, ...added }, added, files };
}

function usualFiles({ NODE_ENV: mode }: Environment, folder: string): readonly string[] {
  // The mode becomes part of a file name, so it may only be a word.
  const ofMode = mode !== undefined && /^[\w-]+$/.test(mode) ? [`.env.${mode}`] : [];
  return [...new Set([".env.local", ...ofMode, ".env"])].map((name) => join(folder, name));
}

function read(path: string, isRequired: boolean): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = errorCode(error);
    if (!isRequired && (code === "ENOENT" || code === "EISDIR")) return undefined;
    throw new InputError("INPUT_INVALID", `The environment file ${path} cannot be read: ${thrownMessage(error)}.`, {
      hint: isRequired ? "Correct --env-file." : "Make it readable, or name another one with --env-file.",
      cause: error,
    });
  }
}
