import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { InputError, InternalError } from "../../protocol/errors.ts";
import { projectFiles } from "./project-files.ts";
import type { Template } from "./templates.ts";

/** Where a project goes and what it starts from. */
export interface NewProject {
  readonly folder: string;
  readonly template: Template;
  /** How it gets this package; the version that runs unless said. */
  readonly bridle?: string;
}

/** Writes a project and says which files it has. A folder with anything in it is left alone. */
export async function writeProject({ folder, template, bridle }: NewProject): Promise<readonly string[]> {
  refuseUsed(folder);
  const source = fileURLToPath(new URL(`../../templates/${template.name}`, import.meta.url));
  if (!existsSync(source)) throw new InternalError(`The template "${template.name}" is not in this build.`);
  const { version, dependencies, devDependencies } = ownManifest();
  mkdirSync(folder, { recursive: true });
  cpSync(source, folder, { recursive: true });
  const versions = { ...devDependencies, ...dependencies };
  const setup = { name: packageName(folder), template, bridle: bridle ?? `^${version}`, versions };
  for (const [name, text] of projectFiles(setup)) writeFileSync(join(folder, name), text);
  settleReadme(join(folder, "README.md"), template);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
}

function refuseUsed(folder: string): void {
  if (!existsSync(folder)) return;
  const [first] = readdirSync(folder);
  if (first === undefined) return;
  throw new InputError("INPUT_INVALID", `${folder} is not empty: it has ${first}. Nothing was written.`, {
    hint: "Name a folder that does not exist yet.",
  });
}

/** The README of an example speaks from the root of our repository; in a project its folder is the root. */
function settleReadme(path: string, { example }: Template): void {
  if (!existsSync(path)) return;
  writeFileSync(path, readFileSync(path, "utf8").replaceAll(`examples/${example}/`, "./"));
}

/** What npm takes as a name. */
function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/gu, "-")
    .replace(/^-+|-+$/gu, "");
  return name === "" ? "my-agents" : name;
}

const Manifest = z.looseObject({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});

function ownManifest(): z.infer<typeof Manifest> {
  return Manifest.parse(JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")));
}
