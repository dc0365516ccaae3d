import { readFileSync, statSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { parse as parseToml, TomlDate, TomlError } from "smol-toml";
import { InputError } from "../protocol/errors.ts";
import { DESCRIPTOR_BYTES } from "../protocol/limits/catalog.ts";
import { jsonLines } from "./json-lines.ts";
import { tomlLines } from "./toml-lines.ts";

/** A descriptor before anything of it is checked. */
export interface Descriptor {
  readonly source: string;
  readonly value: unknown;
  /** Where relative paths start from. */
  readonly folder: string;
  /** The line of a key, or of the nearest key around it. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/** Takes an object as it is, or reads the JSON or TOML file of that path. */
export function readDescriptor(source: string | object, folder: string): Descriptor {
  if (typeof source !== "string") return { source: "dataEnvironment", value: source, folder, lineOf: () => undefined };
  const file = resolve(folder, source);
  const text = readText(source, file);
  const { value, lines } = extname(file).toLowerCase() === ".toml" ? readToml(source, text) : readJson(source, text);
  return { source, value, folder: dirname(file), lineOf: (path) => nearestLine(lines, path) };
}

interface ReadFile {
  readonly value: unknown;
  /** JSON of a path to the line of its key. */
  readonly lines: ReadonlyMap<string, number>;
}

function readText(source: string, file: string): string {
  if (![".json", ".toml"].includes(extname(file).toLowerCase()))
    throw invalid(`${source} must be a .json or .toml file`, "Give the descriptor one of these endings.");
  try {
    const { size } = statSync(file);
    if (size > DESCRIPTOR_BYTES)
      throw invalid(
        `${source} must have at most ${DESCRIPTOR_BYTES} bytes, has ${size}`,
        "Use a catalog of kind sqlite.",
      );
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new InputError("DATA_ENVIRONMENT_INVALID", `${source} cannot be read (${code})`, {
      hint: "Check the path of the data environment and that you may read the file.",
      cause,
    });
  }
}

function readJson(source: string, text: string): ReadFile {
  const scanned = jsonLines(text);
  const [problem] = scanned.problems;
  // What V8 says of broken JSON quotes the text, which may hold a password; this says the line instead.
  if (problem !== undefined)
    throw invalid(`${source}:${problem.line}: ${problem.text}`, `Correct line ${problem.line}.`);
  return { value: parseJson(source, text), lines: scanned.lines };
}

/** What is left for the parser to refuse are control characters inside a text. */
function parseJson(source: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(
      `${source} must be JSON, and has a control character inside a text`,
      "Write it as an escape, as \\t.",
    );
  }
}

function readToml(source: string, text: string): ReadFile {
  try {
    return { value: withoutDates(parseToml(text)), lines: tomlLines(text) };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    // Only the first line of the message: the others quote the file.
    const [problem = "invalid TOML"] = cause.message.split("\n");
    throw invalid(`${source}:${cause.line}: ${problem}`, `Correct line ${cause.line}.`);
  }
}

/** TOML has dates, a descriptor has none: inside metadata they become text. */
function withoutDates(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(withoutDates);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, withoutDates(below)]));
}

function nearestLine(lines: ReadonlyMap<string, number>, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const line = lines.get(JSON.stringify(path.slice(0, length)));
    if (line !== undefined) return line;
  }
  return undefined;
}

function invalid(message: string, hint: string): InputError {
  return new InputError("DATA_ENVIRONMENT_INVALID", message, { hint });
}
