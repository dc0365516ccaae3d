import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const Manifest = z.looseObject({ engines: z.looseObject({ node: z.templateLiteral([">=", z.string()]) }) });
const INSTALL_TIMEOUT_MS = 120_000;

/** The oldest Node that package.json promises, installed into the ignored folder where it is not there yet. */
export function oldestNode(root: string): string {
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  const [major, minor = "0", patch = "0"] = manifest.engines.node.slice(">=".length).split(".");
  const version = `${major}.${minor}.${patch}`;
  const folder = join(root, ".cache", `node-${version}`);
  const name = `node-${process.platform}-${process.arch}`;
  const program = join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
    const args = ["install", "--no-audit", "--no-fund", "--loglevel", "error", `${name}@${version}`];
    execFileSync("npm", args, { cwd: folder, stdio: "inherit", timeout: INSTALL_TIMEOUT_MS });
  }
  return program;
}
