import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as z from "zod";
import { sqliteDriver } from "../../sqlite/open-database.ts";
import { SUPPORTED_NODE } from "../node-version.ts";
import { packageVersion } from "../package-version.ts";
import { type Check, fine } from "./check.ts";

const TEMPORAL = ["activity", "client", "common", "worker", "workflow"].map((name) => `@temporalio/${name}`);
const OTHERS = [sqliteDriver(), "@anthropic-ai/sdk", "zod"];

/** What is installed; null for a package that is missing. */
export function packageVersions(): Readonly<Record<string, string | null>> {
  const installed = [...TEMPORAL, ...OTHERS].map((name) => [name, installedVersion(name)] as const);
  return { bridle: packageVersion(), node: process.versions.node, ...Object.fromEntries(installed) };
}

/** The version of Node; one that is too old for the command itself does not get this far. */
export function checkNode(): Check {
  return fine("node", `Node ${process.versions.node}; ${SUPPORTED_NODE} is needed`);
}

/** All parts of the Temporal SDK must be of one version, or they do not understand each other. */
export function checkPackages(versions: Readonly<Record<string, string | null>>): Check {
  // Whether SQLite works is a check of its own, which knows the cure.
  const needed = [...TEMPORAL, ...OTHERS].filter((name) => name !== sqliteDriver());
  const missing = needed.filter((name) => versions[name] === null);
  const fix = "Remove node_modules and install again.";
  if (missing.length > 0) return { name: "packages", status: "fail", message: `missing: ${missing.join(", ")}`, fix };
  const found = TEMPORAL.map((name) => versions[name] ?? "");
  if (new Set(found).size === 1) return fine("packages", `bridle ${versions["bridle"]}, Temporal SDK ${found[0]}`);
  const listed = TEMPORAL.map((name) => `${name} ${versions[name]}`).join(", ");
  return { name: "packages", status: "fail", message: `the parts of the Temporal SDK differ: ${listed}`, fix };
}

const Manifest = z.looseObject({ name: z.string().optional(), version: z.string().optional() });

/** Walks up from the package's entry, because not every package lets its manifest be required. */
function installedVersion(name: string): string | null {
  try {
    let folder = dirname(createRequire(import.meta.url).resolve(name));
    for (; folder !== dirname(folder); folder = dirname(folder)) {
      const manifest = readManifest(join(folder, "package.json"));
      if (manifest?.name === name && manifest.version !== undefined) return manifest.version;
    }
    return null;
  } catch {
    return null; // not installed
  }
}

function readManifest(file: string): z.infer<typeof Manifest> | undefined {
  try {
    return Manifest.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
  } catch {
    return undefined; // no manifest in this folder
  }
}
