import { readFile } from "node:fs/promises";
import { InternalError } from "../../protocol/errors.ts";
import type { GraphPageAssets } from "./render-graph-page.ts";

/** The page's program and style, which the build of the package puts beside this file. */
export async function readGraphPageAssets(): Promise<GraphPageAssets> {
  try {
    const [script, style] = await Promise.all([
      readFile(new URL("./graph-page.js", import.meta.url), "utf8"),
      readFile(new URL("./graph-page.css", import.meta.url), "utf8"),
    ]);
    return { script, style };
  } catch (error) {
    throw new InternalError("the program of the graph page is missing from this installation", {
      hint: "install bridle again; in a checkout run npm run build",
      cause: error,
    });
  }
}
