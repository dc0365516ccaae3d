import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A Chromium, and where it finds libraries that the machine may lack. */
export interface Chromium {
  readonly path: string;
  readonly libraries: string | null;
}

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** BRIDLE_CHROMIUM, else one on PATH, else the one that a package ships for Linux on x64; null when there is none. */
export function findChromium(root: string): Chromium | null {
  const named = process.env["BRIDLE_CHROMIUM"];
  if (named !== undefined && named !== "") return { path: named, libraries: null };
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable);
  if (found !== undefined) return { path: found, libraries: null };
  return process.platform === "linux" && process.arch === "x64" ? shipped(root) : null;
}

/** Unpacked aside and renamed, so that a killed unpacking is not taken for a browser. */
function shipped(root: string): Chromium {
  const folder = join(root, ".cache", "chromium");
  if (!existsSync(folder)) {
    const next = `${folder}-${process.pid}`;
    mkdirSync(next, { recursive: true });
    const script = join(root, "scripts", "unpack-chromium.ts");
    execFileSync(process.execPath, [script], { env: { ...process.env, TMPDIR: next }, stdio: "inherit" });
    if (existsSync(folder)) rmSync(next, { recursive: true, force: true });
    else renameSync(next, folder);
  }
  return { path: join(folder, "chromium"), libraries: join(folder, "al2023", "lib") };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // the next folder may have it
  }
}
