/**
 * Builds dist/: compiled modules, their declarations, assets that are not TypeScript, and the workflow bundle.
 * Does nothing when the sources are those of the last build.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { TEMPLATES } from "../src/cli/init/templates.ts";
import { builtHashFile, isBuilt, sourceHash } from "./source-hash.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const started = performance.now();

if (isBuilt(root)) {
  console.log("build: up to date");
} else {
  const hash = sourceHash(root);
  // Compiled aside and renamed, so that a failed build leaves the last good one in place.
  const next = join(root, ".cache", `dist-${process.pid}`);
  try {
    compile(next);
    rewriteDeclarations(next);
    copyAssets(next);
    const { bundleGraphPage } = await import("./bundle-graph-page.ts");
    await bundleGraphPage(root, join(next, "catalog", "graph"));
    copyTemplates(next);
    rmSync(dist, { recursive: true, force: true });
    renameSync(next, dist);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
  // Loaded only here: the worker package takes longer to import than an up-to-date build takes to see that it is one.
  const { bundleWorkflows } = await import("./bundle-workflows.ts");
  const bundle = await bundleWorkflows(root, dist);
  markExecutable(join(dist, "cli", "bin.js"));
  writeFileSync(builtHashFile(root), hash);
  console.log(`build: done in ${((performance.now() - started) / 1000).toFixed(1)} s, ${bundle}`);
}

function compile(outDir: string): void {
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const { status } = spawnSync(tsc, ["-p", "tsconfig.build.json", "--outDir", outDir], { cwd: root, stdio: "inherit" });
  if (status === 0) return;
  rmSync(outDir, { recursive: true, force: true });
  process.exit(status ?? 1);
}

/** The compiler rewrites `./a.ts` in code but not in declarations, where the published file is `./a.d.ts`. */
function rewriteDeclarations(folder: string): void {
  for (const file of globSync("**/*.d.ts", { cwd: folder })) {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/((?:from|import\()\s*"\.{1,2}\/[^"]*)\.ts"/g, '$1.js"'));
  }
}

function copyAssets(folder: string): void {
  for (const file of globSync("**/*.{html,css,svg,json}", {
    cwd: join(root, "src"),
    exclude: ["catalog/graph/page/**"],
  })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(root, "src", file), join(folder, file));
  }
}

/** The examples that `bridle init` starts a project from. */
function copyTemplates(folder: string): void {
  for (const { name, example } of TEMPLATES) {
    cpSync(join(root, "examples", example), join(folder, "templates", name), { recursive: true });
  }
}

function markExecutable(file: string): void {
  if (existsSync(file)) chmodSync(file, 0o755);
}
