import { NODE_GUARD, NODE_GUARD_FILE, PROJECT_NODE } from "./node-guard.ts";
import type { Template } from "./templates.ts";

/** What a new project is made of besides the template's own files. */
export interface ProjectSetup {
  readonly name: string;
  readonly template: Template;
  /** How the project gets this package: a version range, or a file or address for one that is not published. */
  readonly bridle: string;
  /** Versions of packages, as our own manifest has them. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The files that every new project has, by name. */
export function projectFiles(setup: ProjectSetup): ReadonlyMap<string, string> {
  return new Map([
    ["package.json", json(manifest(setup))],
    ["tsconfig.json", json(TSCONFIG)],
    [".gitignore", "node_modules/\n.bridle/\n.env\n.env.local\nnotes.tsv\n"],
    // npm refuses to install under an old Node, and the scripts to run: the project's own files would only fail with a stack.
    [NODE_GUARD_FILE, NODE_GUARD],
    [".npmrc", "engine-strict=true\n"],
    [".env.example", "# Without a key a script stands in for the model.\n# ANTHROPIC_API_KEY=\n"],
  ]);
}

function manifest({ name, template, bridle, versions }: ProjectSetup): object {
  const version = (names: readonly string[]): Readonly<Record<string, string>> =>
    Object.fromEntries(names.map((other) => [other, versions[other] ?? "*"]));
  return {
    name,
    private: true,
    type: "module",
    engines: { node: PROJECT_NODE },
    scripts: {
      start: `${GUARDED_NODE} ${template.start}`,
      ...(template.script === null ? {} : { [template.script]: `${GUARDED_NODE} main.ts` }),
      dev: "bridle dev --app ./app.ts",
      test: `${GUARDED_NODE} --test --test-timeout=600000 tests/*.test.ts`,
      check: "tsc --noEmit",
    },
    dependencies: { bridle, ...version(template.packages) },
    devDependencies: version(["@types/node", ...template.types, "typescript"].toSorted()),
  };
}

const GUARDED_NODE = `node --import ./${NODE_GUARD_FILE}`;

/** Node runs TypeScript by leaving the types out, so only types may be TypeScript's. */
const TSCONFIG = {
  compilerOptions: {
    target: "es2023",
    lib: ["es2024"],
    module: "nodenext",
    types: ["node"],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ["**/*.ts"],
};

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
