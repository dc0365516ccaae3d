import { expect, test } from "vitest";
import { apiPages } from "../scripts/docs/api-pages.ts";
import { commandProblems } from "../scripts/docs/check-commands.ts";
import { nameProblems } from "../scripts/docs/check-names.ts";
import { snippetProblems } from "../scripts/docs/check-snippets.ts";
import { readPage } from "../scripts/docs/read-page.ts";
import { ROOT } from "./helpers/source-files.ts";

function block(language: string, ...lines: readonly string[]): string {
  return ["```" + language, ...lines, "```"].join("\n");
}

test("commands and flags that do not exist are found, wherever a page shows them", () => {
  const page = readPage(
    "docs/p.md",
    [
      "`bridle frobnicate`, `bridle run --loud`, `bridle plans approve p-1`",
      block(
        "sh",
        "X=1 npx bridle dev --app a.ts --fast # bridle nothing",
        "npx bridle run \\",
        "  --nope",
        'signal --input "$(npx bridle approvals sgin p-1)" && npx bridle --json data profile all',
      ),
    ].join("\n"),
  );

  expect(commandProblems(page)).toEqual([
    'docs/p.md:3 "bridle dev" has no flag --fast',
    'docs/p.md:5 "bridle run" has no flag --nope',
    'docs/p.md:6 there is no command "bridle approvals sgin p-1"',
    'docs/p.md:6 there is no command "bridle --json data profile all"',
    'docs/p.md:1 there is no command "bridle frobnicate"',
    'docs/p.md:1 "bridle run" has no flag --loud',
    'docs/p.md:1 there is no command "bridle plans approve p-1"',
  ]);
});

test("a block without npx is found, because only a project's own folder has the command", () => {
  const lines = [
    "bridle runs list",
    "X=1 bridle doctor",
    'signal --input "$(bridle approvals key)"',
    "npx bridle doctor",
  ];
  const code = block("sh", ...lines);

  expect(commandProblems(readPage("docs/p.md", code))).toEqual([
    "docs/p.md:2 needs `npx bridle`",
    "docs/p.md:3 needs `npx bridle`",
    "docs/p.md:4 needs `npx bridle`",
  ]);
  expect(commandProblems(readPage("docs/automation.md", code))).toEqual([]);
});

test("what exists is left alone: groups, alternatives, global flags, placeholders", () => {
  const page = readPage(
    "docs/p.md",
    "`bridle plans settle ID INDEX --as done\\|failed`, `bridle approvals approve\\|reject ID --by NAME`, `bridle data …`, " +
      "`bridle --data-environment FILE --output json data profile estimate --table t`, `bridle COMMAND --help`, `bridle --version`",
  );

  expect(commandProblems(page)).toEqual([]);
});

test("links without a target, files that do not exist and variables that nothing reads are found", () => {
  const text =
    "# One Two\n[a](q.md) [b](#one-two) [c](#three) [d](https://example.com) `src/none.ts` `BRIDLE_HOME` `BRIDLE_NONE`";
  const page = readPage("docs/p.md", text);

  expect(nameProblems(page, { root: ROOT, pages: [page] })).toEqual([
    "docs/p.md:2 links to q.md, which does not exist",
    "docs/p.md:2 links to #three, but that page has no such heading",
    "docs/p.md:2 names the file src/none.ts, which does not exist",
    "docs/p.md:2 names the variable BRIDLE_NONE, which nothing reads",
  ]);
});

test(
  "TypeScript that does not compile is told with its line; what is marked must not compile",
  { timeout: 30_000 },
  () => {
    const page = readPage(
      "docs/p.md",
      [
        block(
          "ts file=tenant.ts",
          'import { defineTenant } from "bridle";',
          'export const tenant = defineTenant("acme", "1");',
        ),
        block("ts", 'import { tenant } from "./tenant.ts";', "const version: number = tenant.version;"),
        block("ts error", "const text: string = 1;"),
        block("ts error", 'const text: string = "";'),
      ].join("\n"),
    );

    expect(snippetProblems(ROOT, [page])).toEqual([
      "docs/p.md:7 Type 'string' is not assignable to type 'number'.",
      "docs/p.md:13 compiles, though it is marked as an error",
    ]);
  },
);

test(
  "the reference has the signature and the comment of what an entry point exports, and no function's body",
  { timeout: 30_000 },
  async () => {
    const pages = await apiPages(ROOT);
    const text = pages.find(({ path }) => path === "docs/api/bridle.md")?.text ?? "";

    expect(pages.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["docs/api/README.md", "docs/api/bridle-worker.md", "docs/api/bridle-testing.md"]),
    );
    expect(text).toContain("### defineTool\n\nDeclares a tool. Whatever the model sends is checked");
    expect(text).toContain("): ToolSpec<SchemaValue<Input>>;\n```");
    expect(text).not.toContain("safeParse");
  },
);
