import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { DRIVER_OWNERS, IMPORT_TABLE, SANDBOXED } from "./helpers/import-table.ts";
import { lintOverrides } from "./helpers/lint-overrides.ts";
import { publicExports } from "./helpers/public-exports.ts";
import { ROOT, codeLineCount, packageOf, partOf, sourceFiles } from "./helpers/source-files.ts";

const files = sourceFiles();

/** Files past 250 lines of code, each with the reason why there is no seam to split it at. */
const LONG_FILES: Readonly<Record<string, string>> = {};

test("every part of src/ has a line in the import table", () => {
  const unknown = new Set(files.map((file) => file.part).filter((part) => !(part in IMPORT_TABLE)));

  expect([...unknown]).toEqual([]);
});

test("every part of src/ has a row in the Layout of ARCHITECTURE.md, and no row names a part that is gone", () => {
  const layout = /^## Layout\n(.*?)^## /ms.exec(readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8"))?.[1] ?? "";
  const rows = layout.match(/^\| src\/[^|]*/gm) ?? [];
  const named = rows.flatMap((row) => [...row.matchAll(/\bsrc\/([\w-]+)/g)].map(([, part]) => part));

  expect(new Set(named)).toEqual(new Set(Object.keys(IMPORT_TABLE)));
});

test("imports go only where the import table allows", () => {
  const broken = files.flatMap((file) =>
    file.imports
      .filter(({ target }) => target !== undefined && partOf(target) !== file.part)
      .filter(({ target = "", isTypeOnly }) => {
        const allowed = IMPORT_TABLE[file.part] ?? [];
        return !allowed.includes(partOf(target)) && !(isTypeOnly && allowed.includes(`${partOf(target)}:type`));
      })
      .map(({ specifier, isTypeOnly }) => `${file.path} ${isTypeOnly ? "import type" : "imports"} ${specifier}`),
  );

  expect(broken).toEqual([]);
});

test("every relative import names a file that exists", () => {
  const missing = files.flatMap((file) =>
    file.imports.filter(({ target }) => target?.endsWith("(missing)")).map(({ target }) => `${file.path}: ${target}`),
  );

  expect(missing).toEqual([]);
});

test("code that runs in the workflow sandbox uses no Node module and no other package", () => {
  const broken = files.flatMap((file) => {
    const allowed = SANDBOXED[file.part];
    if (allowed === undefined) return [];
    const outside = file.imports.filter(({ target }) => target === undefined);
    return outside
      .filter(({ specifier }) => !allowed.includes(packageOf(specifier)))
      .map(({ specifier }) => `${file.path} imports ${specifier}`);
  });

  expect(broken).toEqual([]);
});

test("the workflow bundle holds no package but Temporal's", () => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set(["src/workflows/index.ts"]);
  const packages = new Set<string>();
  for (const path of reached) {
    for (const { specifier, target, isTypeOnly } of byPath.get(path)?.imports ?? []) {
      if (isTypeOnly) continue;
      if (target === undefined) packages.add(packageOf(specifier));
      else reached.add(target);
    }
  }

  expect([...packages]).toEqual(["@temporalio/workflow"]);
  expect(reached.size).toBeGreaterThan(20);
});

test("a driver is imported by the folder that owns it only", () => {
  const broken = files.flatMap((file) =>
    file.imports
      .filter(({ specifier }) => DRIVER_OWNERS[packageOf(specifier)]?.includes(file.part) === false)
      .map(({ specifier }) => `${file.path} imports ${specifier}`),
  );

  expect(broken).toEqual([]);
});

test("no file imports itself through others", () => {
  const graph = new Map(files.map((file) => [file.path, file.imports.flatMap(({ target }) => target ?? [])]));

  expect(findCycle(graph)).toEqual([]);
});

test("the linter knows the same import table", () => {
  const config = z
    .looseObject({ overrides: z.array(z.unknown()) })
    .parse(JSON.parse(readFileSync(join(ROOT, ".oxlintrc.json"), "utf8")));

  expect(config.overrides).toEqual(expect.arrayContaining([...lintOverrides()]));
});

test("importing a file does nothing: nothing at module level can change", () => {
  const mutable = files.filter(({ text }) => /^(?:export )?(?:let|var) /m.test(text)).map(({ path }) => path);

  expect(mutable).toEqual([]);
});

test("exports have names", () => {
  const broken = files.filter(({ text }) => /^export (?:default|\*)/m.test(text)).map(({ path }) => path);

  expect(broken).toEqual([]);
});

test("files stay small, or say why not", () => {
  const long = files.filter(({ text }) => codeLineCount(text) > 250).map(({ path }) => path);

  expect(long).toEqual(Object.keys(LONG_FILES));
});

test("a unit test has the path of the file it tests", () => {
  const orphans = globSync("tests/unit/**/*.test.ts", { cwd: ROOT }).filter(
    (path) => !existsSync(join(ROOT, path.replace(/^tests.unit/, "src").replace(/\.test\.ts$/, ".ts"))),
  );

  expect(orphans).toEqual([]);
});

test("everything that the package exports is documented", () => {
  const undocumented = entryPoints()
    .flatMap(publicExports)
    .filter(({ isDocumented }) => !isDocumented)
    .map(({ name, file }) => `${name} (${file})`);

  expect([...new Set(undocumented)]).toEqual([]);
});

function entryPoints(): readonly string[] {
  const Manifest = z.looseObject({ exports: z.record(z.string(), z.unknown()) });
  const { exports } = Manifest.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
  return Object.values(exports).flatMap((target) => {
    const entry = z.looseObject({ default: z.string() }).safeParse(target).data;
    return entry === undefined ? [] : [entry.default.replace("./dist/", "src/").replace(/\.js$/, ".ts")];
  });
}

/** The first cycle met, as the list of its files; empty when there is none. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] => {
    const at = trail.indexOf(path);
    if (at >= 0) return [...trail.slice(at), path];
    if (finished.has(path)) return [];
    for (const next of graph.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    finished.add(path);
    return [];
  };
  for (const path of graph.keys()) {
    const cycle = visit(path, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
