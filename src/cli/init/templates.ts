/** What `bridle init` can start a project from: an example of the repository, which the build puts into the package. */
export interface Template {
  readonly name: string;
  /** Its folder below examples/. */
  readonly example: string;
  /** What runs it up to the pause. */
  readonly start: string;
  /** The script that its README calls its other commands with; null when it has none. */
  readonly script: string | null;
  /** What it imports besides this package, by the names of our own manifest. */
  readonly packages: readonly string[];
  /** Types that it needs to be checked with. */
  readonly types: readonly string[];
}

/** The templates, the default one first. */
export const TEMPLATES: readonly Template[] = [
  { name: "blank", example: "blank", start: "main.ts", script: null, packages: ["zod"], types: [] },
  {
    name: "inventory",
    example: "inventory-scenario",
    start: "main.ts story",
    script: "inventory",
    packages: ["better-sqlite3", "zod"],
    types: ["@types/better-sqlite3"],
  },
  {
    name: "coordinator",
    example: "coordinator-planner-executor",
    start: "main.ts story",
    script: "catalog",
    packages: ["better-sqlite3", "zod"],
    types: ["@types/better-sqlite3"],
  },
];
