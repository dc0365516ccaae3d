/**
 * Uses the package as a stranger would: packs it, installs the tarball into an empty project, type-checks a program
 * against it, and runs the first example with it, under the oldest Node that is supported and under ours.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as z from "zod";
import { adoptEmbeddedServer } from "../src/runtime/temporal/embedded-server.ts";
import { locateTemporalCli } from "../src/runtime/temporal/locate-temporal-cli.ts";
import { readPage } from "./docs/read-page.ts";
import { oldestNode } from "./oldest-node.ts";

const EXAMPLE_TIMEOUT_MS = 120_000;

const Manifest = z.looseObject({
  name: z.string(),
  bin: z.record(z.string(), z.string()),
  exports: z.record(z.string(), z.unknown()),
  dependencies: z.record(z.string(), z.string()),
});

const root = join(import.meta.dirname, "..");
const manifest = Manifest.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
const project = mkdtempSync(join(tmpdir(), "bridle-package-"));

try {
  const cli = await locateTemporalCli({ env: process.env, home: join(root, ".cache"), onProgress: console.log });
  install();
  followLinks();
  typeCheck();
  for (const node of [oldestNode(root), process.execPath]) useWith(node, cli);
  console.log("package: ok");
} finally {
  // A program that crashed left its server behind.
  await (await adoptEmbeddedServer(join(project, ".bridle")))?.stop();
  rmSync(project, { recursive: true, force: true });
}

function install(): void {
  const packed = run("npm", ["pack", "--json", "--pack-destination", project], { cwd: root });
  const [tarball] = z.array(z.looseObject({ filename: z.string() })).parse(JSON.parse(packed));
  if (tarball === undefined) throw new Error("npm pack made no tarball");
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const packages = [`./${tarball.filename}`, `zod@${manifest.dependencies["zod"] ?? ""}`];
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel", "error", ...packages]);
  console.log(`package: ${tarball.filename} installed into an empty project`);
}

/** A page that is shipped must not lead to one that is not. */
function followLinks(): void {
  const folder = join(project, "node_modules", manifest.name);
  const pages = globSync("{*.md,docs/**/*.md,examples/**/*.md}", { cwd: folder });
  const dead = pages.flatMap((path) =>
    readPage(path, readFileSync(join(folder, path), "utf8"))
      .links.filter(({ text }) => !/^(?:[a-z]+:|#)/.test(text))
      .filter(({ text }) => !existsSync(join(folder, dirname(path), text.replace(/#.*/, ""))))
      .map(({ text, line }) => `${path}:${line} links to ${text}, which is not in the package`),
  );
  if (pages.length === 0) dead.push("no page is in the package");
  if (dead.length > 0) throw new Error(dead.join("\n"));
  console.log(`package: the links of ${pages.length} pages lead somewhere`);
}

function typeCheck(): void {
  const compilerOptions = {
    module: "nodenext",
    target: "es2023",
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    types: [],
  };
  cpSync(join(root, "examples", "first-turn"), join(project, "app"), { recursive: true });
  writeFileSync(
    join(project, "entries.ts"),
    entryPoints()
      .map((name) => `import "${name}";\n`)
      .join(""),
  );
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({ compilerOptions, include: ["entries.ts", "app/app.ts"] }),
  );
  run(join(root, "node_modules", ".bin", "tsc"), ["-p", project]);
  console.log("package: declarations are usable with moduleResolution nodenext");
}

function useWith(node: string, cli: string): void {
  const version = run(node, ["--version"]).trim();
  for (const name of entryPoints()) run(node, ["--input-type=module", "--eval", `await import("${name}")`]);
  const commands = Object.values(manifest.bin).filter((file) => existsSync(join(root, file)));
  for (const file of commands) run(node, [join(project, "node_modules", manifest.name, file), "--version"]);
  // The first releases of Node 22 strip types only when told to.
  run(node, ["--experimental-strip-types", join("app", "main.ts")], { env: { BRIDLE_TEMPORAL_CLI: cli } });
  rmSync(join(project, ".bridle"), { recursive: true, force: true });
  const parts = [`${entryPoints().length} entry points`, `${commands.length} commands`, "the first example"];
  console.log(`package: ${parts.join(", ")} run under Node ${version}`);
}

function entryPoints(): readonly string[] {
  const names = Object.keys(manifest.exports).filter((name) => !name.endsWith(".json"));
  return names.map((name) => manifest.name + name.slice(1));
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function run(command: string, args: readonly string[], { cwd = project, env = {} }: RunOptions = {}): string {
  return execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: EXAMPLE_TIMEOUT_MS,
    stdio: ["ignore", "pipe", "inherit"],
  });
}
