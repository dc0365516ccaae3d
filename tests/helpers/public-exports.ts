import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./source-files.ts";

/** A name that a user of the package can import, and where it is declared. */
export interface PublicExport {
  readonly name: string;
  readonly file: string;
  readonly isDocumented: boolean;
}

const REEXPORT = /^export\s+(?:type\s+)?\{([^}]*)\}\s+from\s+"(\.[^"]+)"/gm;
const DECLARATION =
  /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|const|class|interface|type)\s+([A-Za-z_$][\w$]*)/gm;

/** Every name that an entry point exports, followed to its declaration; a documented type documents its schema too. */
export function publicExports(entry: string): readonly PublicExport[] {
  const text = readFileSync(join(ROOT, entry), "utf8");
  const declared = [...text.matchAll(DECLARATION)].map(([, name = ""]) => name);
  const own = [...new Set(declared)].map((name) => ({ name, file: entry, isDocumented: isDocumented(text, name) }));
  const passedOn = [...text.matchAll(REEXPORT)].flatMap(([, names = "", specifier = ""]) => {
    const from = join(dirname(entry), specifier);
    return exportedNames(names).map(({ source, name }) => ({ ...declarationOf(from, source), name }));
  });
  return [...own, ...passedOn];
}

function declarationOf(file: string, name: string): PublicExport {
  const found = publicExports(file).find((candidate) => candidate.name === name);
  return found ?? { name, file, isDocumented: false };
}

function exportedNames(list: string): readonly { source: string; name: string }[] {
  return list
    .split(",")
    .map((item) => item.trim().replace(/^type\s+/, ""))
    .filter((item) => item !== "")
    .map((item) => {
      const [source = "", name = source] = item.split(/\s+as\s+/);
      return { source, name };
    });
}

function isDocumented(text: string, name: string): boolean {
  const declaration = `^export\\s+(?:declare\\s+)?(?:abstract\\s+)?(?:async\\s+)?(?:function\\*?|const|class|interface|type)\\s+${name}\\b`;
  return new RegExp(`\\*/\\n${declaration.slice(1)}`).test(text);
}
