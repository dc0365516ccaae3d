import { existsSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { errorCode } from "../../lib/error-code.ts";
import { thrownMessage } from "../../lib/thrown-text.ts";
import { type BridleError, InputError, SpecError } from "../../protocol/errors.ts";

/** An app file and the export that was asked for. */
export interface AppPlace {
  readonly file: string;
  /** The name after #; nothing means the default export, or `app`. */
  readonly exportName: string | undefined;
}

/** Reads `./app.ts#name`. The file must exist. */
export function parseAppPlace(text: string, folder: string): AppPlace {
  const [, path = "", exportName] = /^(.*?)(?:#([^#/\\]*))?$/s.exec(text) ?? [];
  const file = resolve(folder, path);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    const what = existsSync(file) ? "is no file" : "does not exist";
    throw new InputError("INPUT_INVALID", `The app file ${path} ${what} (looked for ${file}).`, {
      hint: "Give the path of the file that exports the app, for example --app ./app.ts or --app ./app.ts#support.",
    });
  }
  if (exportName === "") {
    throw new InputError("INPUT_INVALID", `--app ${text}: the name of an export is missing after #.`, {
      hint: "Leave out the # for the default export or `app`.",
    });
  }
  return { file, exportName };
}

/** The value that the app file exports under that name. */
export async function importApp({ file, exportName }: AppPlace): Promise<unknown> {
  const exported = await importModule(file);
  const names = exportName === undefined ? ["default", "app"] : [exportName];
  const name = names.find((candidate) => exported[candidate] !== undefined);
  if (name !== undefined) return exported[name];
  const has = Object.keys(exported).filter((key) => key !== "module.exports");
  const expected =
    exportName === undefined ? "a default export or one named `app`" : `an export named \`${exportName}\``;
  throw new InputError(
    "INPUT_INVALID",
    `${file} has no app: expected ${expected}, found ${has.join(", ") || "no exports"}.`,
    {
      hint: `Export it, or name one of its exports: --app ${relative(process.cwd(), file)}#name.`,
    },
  );
}

type Exports = Readonly<Record<string, unknown>>;

const TYPESCRIPT = /\.[cm]?tsx?$/;

async function importModule(file: string): Promise<Exports> {
  try {
    return await natively(file);
  } catch (error) {
    if (!TYPESCRIPT.test(file) || !isTakenForCommonJs(error)) throw appError(file, error);
    return compiledAsModule(file);
  }
}

/** What Node says when it can strip types but the file needs more, or when it does not strip them here. */
const NEEDS_COMPILER: ReadonlySet<unknown> = new Set([
  "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
  "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING",
  "ERR_UNKNOWN_FILE_EXTENSION",
]);

async function natively(file: string): Promise<Exports> {
  const isTypeScript = TYPESCRIPT.test(file);
  if (isTypeScript && (process.features.typescript === false || file.endsWith("x"))) return compiled(file);
  try {
    const exported: Exports = await import(pathToFileURL(file).href);
    return exported;
  } catch (error) {
    if (isTypeScript && NEEDS_COMPILER.has(errorCode(error))) return compiled(file);
    throw error;
  }
}

const MODULE_IN_COMMONJS: ReadonlySet<unknown> = new Set(["ERR_REQUIRE_ESM", "ERR_REQUIRE_ASYNC_MODULE"]);

/** Whether Node read a module as CommonJS, as the package.json of a new npm project tells it to. */
function isTakenForCommonJs(error: unknown): boolean {
  if (MODULE_IN_COMMONJS.has(errorCode(error))) return true;
  return (
    error instanceof SyntaxError &&
    /import statement outside a module|Unexpected token 'export'|'import.meta' outside a module/.test(error.message)
  );
}

async function compiledAsModule(file: string): Promise<Exports> {
  try {
    return await compiled(file);
  } catch (error) {
    const { message, hint } = appError(file, error);
    const way = 'Write "type": "module" in the nearest package.json, or give the file the extension .mts.';
    throw new SpecError("SPEC_INVALID", message, {
      hint: isCoded(error) ? error.hint : `${hint} ${way}`,
      cause: error,
    });
  }
}

async function compiled(file: string): Promise<Exports> {
  const { createJiti } = await import("jiti");
  // No cache on disk: a project should not find files that it did not ask for.
  return createJiti(import.meta.url, { fsCache: false, interopDefault: false }).import<Exports>(file);
}

/** An error of the app's own code, with the file and the line where it began. */
export function appError(file: string, error: unknown): BridleError {
  const name = relative(process.cwd(), file) || file;
  const where = frameOutside(error) ?? name;
  const said = thrownMessage(error);
  const hint = isCoded(error) ? error.hint : undefined;
  return new SpecError("SPEC_INVALID", `The app ${name} cannot be loaded: ${said} (${where})`, {
    hint: hint ?? `Correct ${where}; --verbose shows the stack.`,
    cause: error,
  });
}

function isCoded(error: unknown): error is Error & { readonly hint: string } {
  return error instanceof Error && "hint" in error && typeof error.hint === "string";
}

/** The innermost line of a stack that is neither Node's nor a package's: the author's own. */
function frameOutside(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const own = fileURLToPath(new URL("../..", import.meta.url));
  for (const line of (error.stack ?? "").split("\n")) {
    const [, at, position] = /\(?((?:file:\/\/)?\/?[^\s()]+?)(:\d+(?::\d+)?)\)?$/.exec(line.trim()) ?? [];
    if (at === undefined || !/^(?:file:\/\/|\/|[A-Za-z]:\\)/.test(at)) continue;
    const path = at.startsWith("file://") ? fileURLToPath(at) : at;
    if (!path.startsWith(own) && !path.includes("node_modules")) return `${relative(process.cwd(), path)}${position}`;
  }
  return undefined;
}
