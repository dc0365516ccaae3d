import { readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { format } from "prettier";
import { API, type Project, SymbolFlags } from "typescript/unstable/sync";
import * as z from "zod";
import { type ExportedName, signatureOf } from "./signature.ts";

/** A generated page. */
export interface ApiPage {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const Manifest = z.looseObject({
  exports: z.record(z.string(), z.union([z.string(), z.looseObject({ default: z.string() })])),
});

/** The reference of every entry point of the package, and its index, from the declarations and comments of the sources. */
export async function apiPages(root: string): Promise<readonly ApiPage[]> {
  const api = new API({ cwd: root });
  try {
    const config = join(root, "tsconfig.json");
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    if (project === undefined) throw new Error(`TypeScript did not open ${config}.`);
    const entries = entryPoints(root).map(({ name, file }) => ({ name, exported: exportsOf(project, root, file) }));
    const pages = entries.map(({ name, exported }) => ({ path: pathOf(name), text: entryPage(name, exported) }));
    const index = { path: "docs/api/README.md", text: indexPage(entries) };
    return await Promise.all([index, ...pages].map(formatted));
  } finally {
    api.close();
  }
}

interface EntryPoint {
  readonly name: string;
  readonly file: string;
}

function entryPoints(root: string): readonly EntryPoint[] {
  const { name, exports } = z
    .intersection(Manifest, z.looseObject({ name: z.string() }))
    .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  return Object.entries(exports).flatMap(([path, target]) => {
    if (typeof target === "string") return [];
    const file = target.default.replace("./dist/", "src/").replace(/\.js$/, ".ts");
    return [{ name: path.replace(".", name), file: join(root, file) }];
  });
}

function exportsOf(project: Project, root: string, file: string): readonly ExportedName[] {
  const { checker, program } = project;
  const source = program.getSourceFile(file);
  const symbol = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (symbol === undefined) throw new Error(`${file} is no module of the program.`);
  return [...checker.getExportsOfModule(symbol)]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((exported) => {
      const isAlias = (exported.flags & SymbolFlags.Alias) !== 0;
      const target = isAlias ? checker.getAliasedSymbol(exported) : exported;
      const nodes = target.declarations.flatMap((handle) => handle.resolve(project) ?? []);
      const [first] = nodes;
      if (first === undefined) throw new Error(`${exported.name} of ${file} has no declaration.`);
      return {
        name: exported.name,
        file: relative(root, first.getSourceFile().fileName),
        comment: checker.getDocumentationCommentOfSymbol(target),
        nodes,
      };
    });
}

const GROUPS = [
  { kind: "function", title: "Functions" },
  { kind: "class", title: "Classes" },
  { kind: "type", title: "Types" },
] as const;

function entryPage(name: string, exported: readonly ExportedName[]): string {
  const signed = exported.map((one) => ({ ...one, signature: signatureOf(one) }));
  const groups = GROUPS.flatMap(({ kind, title }) => {
    const members = signed.filter(({ signature }) => signature.kind === kind);
    if (members.length === 0) return [];
    const sections = members.map(
      ({ name: member, comment, file, signature }) =>
        `### ${member}\n\n${oneParagraph(comment)}\n\n\`\`\`ts\n${signature.text}\n\`\`\`\n\nIn \`${file}\`.\n`,
    );
    return [`## ${title}\n`, ...sections];
  });
  return `# ${name}\n\n${GENERATED}\n\n${groups.join("\n")}`;
}

function indexPage(entries: readonly { readonly name: string; readonly exported: readonly ExportedName[] }[]): string {
  const lists = entries.map(({ name, exported }) => {
    const names = exported.map((one) => {
      const link = `${basename(pathOf(name))}#${one.name.toLowerCase()}`;
      return `[${one.name}](${link})`;
    });
    return `## [${name}](${basename(pathOf(name))})\n\n${names.join(", ")}\n`;
  });
  return `# API reference\n\nWhat the package exports, by entry point. Guides: [docs](../README.md).\n\n${GENERATED}\n\n${lists.join("\n")}`;
}

const GENERATED = "Generated from the sources by `node scripts/api-reference.ts`; change the comments there.";

/** Comments are wrapped at the width of the code; Markdown wraps for itself. */
function oneParagraph(comment: string): string {
  return comment.trim().replace(/\s*\n\s*/g, " ");
}

function pathOf(entry: string): string {
  return `docs/api/${entry.replaceAll("/", "-")}.md`;
}

async function formatted({ path, text }: ApiPage): Promise<ApiPage> {
  return { path, text: await format(text, { parser: "markdown", printWidth: 120 }) };
}
