import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** The repository. */
export const ROOT = join(import.meta.dirname, "..", "..");

/** One import or re-export of a source file. */
export interface SourceImport {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
  /** Path under the repository when the specifier is relative. */
  readonly target: string | undefined;
}

/** One TypeScript file of src/. */
export interface SourceFile {
  /** Path under the repository, with forward slashes. */
  readonly path: string;
  /** The folder under src/, or the name of a file directly in it. */
  readonly part: string;
  readonly text: string;
  readonly imports: readonly SourceImport[];
}

/** Every TypeScript file of src/, parsed for its imports. */
export function sourceFiles(): readonly SourceFile[] {
  return globSync("src/**/*.ts", { cwd: ROOT }).map((name) => {
    const path = name.split(sep).join("/");
    const text = readFileSync(join(ROOT, path), "utf8");
    return { path, part: partOf(path), text, imports: importsOf(path, text) };
  });
}

/** The name under which the import table knows a file. */
export function partOf(path: string): string {
  return path.split("/")[1]?.replace(/\.ts$/, "") ?? "";
}

/** The package that a bare specifier belongs to. */
export function packageOf(specifier: string): string {
  const [first = "", second = ""] = specifier.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}

/** Lines that hold code: neither blank nor comment. */
export function codeLineCount(text: string): number {
  const withoutBlocks = text.replace(/^\s*\/\*[^]*?\*\//gm, "");
  return withoutBlocks.split("\n").filter((line) => line.trim() !== "" && !line.trim().startsWith("//")).length;
}

const STATIC = /^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"/gm;
const DYNAMIC = /\bimport\("([^"]+)"\)/g;

function importsOf(path: string, text: string): readonly SourceImport[] {
  const fixed = [...text.matchAll(STATIC)].map(([, type, specifier = ""]) =>
    toImport(path, specifier, type !== undefined),
  );
  const dynamic = [...text.matchAll(DYNAMIC)].map(([, specifier = ""]) => toImport(path, specifier, false));
  return [...fixed, ...dynamic];
}

function toImport(path: string, specifier: string, isTypeOnly: boolean): SourceImport {
  if (!specifier.startsWith(".")) return { specifier, isTypeOnly, target: undefined };
  const target = relative(ROOT, join(ROOT, dirname(path), specifier))
    .split(sep)
    .join("/");
  return { specifier, isTypeOnly, target: existsSync(join(ROOT, target)) ? target : `${target} (missing)` };
}
