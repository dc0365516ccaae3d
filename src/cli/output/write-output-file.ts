import { randomBytes } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { byteLength } from "../../lib/cap-text.ts";
import { errorCode } from "../../lib/error-code.ts";
import { InputError } from "../../protocol/errors.ts";
import { path } from "../settings/setting-kinds.ts";

/** Where a command writes its file. */
export const OUTPUT_FILE = path("--output-file <path>", "the file to write");

/** Where a file is to be, and what may stop its writing. */
interface OutputPlace {
  readonly folder: string;
  readonly name: string;
  readonly signal: AbortSignal;
}

/** Writes a file at once or not at all, readable by its owner only: it says what is in a database. */
export async function writeOutputFile(
  { folder, name, signal }: OutputPlace,
  text: string,
): Promise<{ readonly path: string; readonly bytes: number }> {
  const file = resolve(folder, name);
  const aside = `${file}.${randomBytes(4).toString("hex")}.part`;
  try {
    await writeFile(aside, text, { mode: 0o600, flag: "wx", signal });
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    signal.throwIfAborted();
    const code = errorCode(error) ?? "unknown reason";
    throw new InputError("INPUT_INVALID", `--output-file ${file} could not be written (${code}).`, {
      hint: "Name a file in a folder that exists and that you may write to.",
      cause: error,
    });
  }
  return { path: file, bytes: byteLength(text) };
}
