/**
 * Holds README.md and docs/ to the code: TypeScript compiles, commands, flags, files, links and variables exist, and docs/api is
 * what the sources say. Ends with 1 and one line for each thing that is wrong.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { apiPages } from "./docs/api-pages.ts";
import { commandProblems } from "./docs/check-commands.ts";
import { nameProblems } from "./docs/check-names.ts";
import { snippetProblems } from "./docs/check-snippets.ts";
import { readPages } from "./docs/read-page.ts";

const root = join(import.meta.dirname, "..");
const pages = readPages(root);
const problems = [
  ...pages.flatMap((page) => [...commandProblems(page), ...nameProblems(page, { root, pages })]),
  ...snippetProblems(root, pages),
  ...(await referenceProblems()),
];
for (const problem of problems) console.log(problem);
const count = pages.flatMap(({ fences }) => fences).length;
console.log(
  problems.length === 0 ? `docs: ${pages.length} pages, ${count} blocks` : `docs: ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

async function referenceProblems(): Promise<readonly string[]> {
  const generated = await apiPages(root);
  const stale = generated.filter(({ path, text }) => {
    const file = join(root, path);
    return !existsSync(file) || readFileSync(file, "utf8") !== text;
  });
  const wanted = new Set(generated.map(({ path }) => path));
  const extra = globSync("docs/api/*.md", { cwd: root }).filter((path) => !wanted.has(path));
  return [
    ...stale.map(({ path }) => `${path} is not what the sources say; run \`node scripts/api-reference.ts\``),
    ...extra.map((path) => `${path} belongs to no entry point; delete it`),
  ];
}
