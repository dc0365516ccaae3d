/** Writes docs/api from the sources. `npm run check:docs` says when it is out of date. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { apiPages } from "./docs/api-pages.ts";

const root = join(import.meta.dirname, "..");
for (const { path, text } of await apiPages(root)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(path);
}
