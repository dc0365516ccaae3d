import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** Bundles the program and the style of the catalog's graph page into a folder; three.js goes into the program. */
export async function bundleGraphPage(root: string, folder: string): Promise<void> {
  const page = join(root, "src", "catalog", "graph", "page");
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: { "graph-page": join(page, "main.ts") },
    outdir: folder,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "ascii",
    legalComments: "inline",
    logLevel: "warning",
  });
  await build({
    entryPoints: { "graph-page": join(page, "page.css") },
    outdir: folder,
    minify: true,
    target: "es2022",
    logLevel: "warning",
  });
}
