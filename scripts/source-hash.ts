import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A hash of everything that dist/ is made from. */
export function sourceHash(root: string): string {
  const files = [
    ...globSync("src/**/*.*", { cwd: root }),
    ...globSync("examples/**/*.*", { cwd: root }),
    ...globSync("tsconfig*.json", { cwd: root }),
    "scripts/build.ts",
    "scripts/bundle-workflows.ts",
    "package-lock.json",
  ].sort();
  const digest = createHash("sha256").update(process.version);
  for (const file of files) {
    const content = readFileSync(join(root, file));
    digest.update(file).update("\0").update(content).update("\0");
  }
  return digest.digest("hex");
}

/** Whether dist/ is the build of the sources as they are now. */
export function isBuilt(root: string): boolean {
  const file = builtHashFile(root);
  return existsSync(file) && readFileSync(file, "utf8") === sourceHash(root);
}

/** Where a build notes what it was made from; not published. */
export function builtHashFile(root: string): string {
  return join(root, "dist", ".build-hash");
}
