import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { API, type Diagnostic } from "typescript/unstable/sync";
import type { Fence, Page } from "./read-page.ts";

interface Snippet {
  readonly page: string;
  readonly fence: Fence;
  readonly file: string;
  /** Marked `error`: it shows what the compiler refuses. */
  readonly mustFail: boolean;
}

/**
 * What the compiler says about the TypeScript of some pages. Each page is a folder of modules: a block named `file=app.ts` can be
 * imported by the others as "./app.ts", and one marked `error` must not compile.
 */
export function snippetProblems(root: string, pages: readonly Page[]): readonly string[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "bridle-docs-")));
  try {
    const snippets = pages.flatMap((page) => snippetsOf(folder, page));
    writeProject(root, folder, snippets);
    return compile(folder, snippets);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function snippetsOf(folder: string, { path, fences }: Page): readonly Snippet[] {
  const blocks = fences.filter(({ language }) => language === "ts");
  return blocks.map((fence, index) => {
    const name = /\bfile=(\S+)/.exec(fence.meta)?.[1] ?? `snippet-${index + 1}.ts`;
    return { page: path, fence, file: join(folder, path, name), mustFail: /\berror\b/.test(fence.meta) };
  });
}

function writeProject(root: string, folder: string, snippets: readonly Snippet[]): void {
  for (const { file, fence } of snippets) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${fence.code}\nexport {};\n`);
  }
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
  const config = { extends: join(root, "tsconfig.json"), compilerOptions, include: ["**/*.ts"], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
}

function compile(folder: string, snippets: readonly Snippet[]): readonly string[] {
  const api = new API({ cwd: folder });
  try {
    const config = join(folder, "tsconfig.json");
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    if (project === undefined) throw new Error(`TypeScript did not open ${config}.`);
    const broken = project.program.getConfigFileParsingDiagnostics().map(({ text }) => text);
    const found = snippets.flatMap((snippet) => {
      const { program } = project;
      const said = [...program.getSyntacticDiagnostics(snippet.file), ...program.getSemanticDiagnostics(snippet.file)];
      return problemsOf(snippet, said);
    });
    return [...broken, ...found];
  } finally {
    api.close();
  }
}

function problemsOf({ page, fence, mustFail }: Snippet, said: readonly Diagnostic[]): readonly string[] {
  if (mustFail) return said.length > 0 ? [] : [`${page}:${fence.line} compiles, though it is marked as an error`];
  return said.map(({ pos, text }) => {
    const line = fence.line + fence.code.slice(0, pos).split("\n").length - 1;
    return `${page}:${line} ${text}`;
  });
}
