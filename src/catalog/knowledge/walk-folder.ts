import { type Dirent, realpathSync } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../lib/error-code.ts";
import { InputError } from "../../protocol/errors.ts";
import {
  KNOWLEDGE_DIRECTORY_ENTRIES,
  KNOWLEDGE_FILES,
  KNOWLEDGE_FOLDER_DEPTH,
  KNOWLEDGE_PATH_CHARS,
} from "../../protocol/limits/knowledge.ts";
import { extensionOf } from "./read-document.ts";

/** Something in the folder that is not read, and why. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** What a folder holds. Paths are relative to it, with forward slashes, in the order of their characters. */
export interface FoundFiles {
  readonly root: string;
  readonly paths: readonly string[];
  readonly skipped: readonly Skipped[];
}

/** How far a walk goes; tests shorten it. */
export interface WalkLimits {
  readonly files: number;
  readonly directoryEntries: number;
  readonly depth: number;
}

/**
 * Finds the files of a folder with the given extensions. Links are never followed, so that nothing outside the folder is read and no
 * loop can form; hidden files and folders are left alone.
 */
export async function walkFolder(
  folder: string,
  extensions: ReadonlySet<string>,
  limits: WalkLimits = LIMITS,
): Promise<FoundFiles> {
  const root = await realFolder(folder);
  const found: string[] = [];
  const skipped: Skipped[] = [];
  const open: { readonly path: string; readonly depth: number }[] = [{ path: "", depth: 0 }];
  let looked = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (looked >= limits.directoryEntries) {
      skipped.push({ path: next.path, reason: `not looked into: ${limits.directoryEntries} entries were seen before` });
      continue;
    }
    const entries = await entriesOf(join(root, next.path), limits.directoryEntries - looked);
    if (typeof entries === "string") skipped.push({ path: next.path, reason: entries });
    else looked += entries.length;
    for (const entry of typeof entries === "string" ? [] : entries) {
      if (entry.name.startsWith(".")) continue;
      const path = next.path === "" ? entry.name : `${next.path}/${entry.name}`;
      const what = judge(entry, path, extensions);
      if (what === "file") found.push(path);
      else if (what !== "folder") skipped.push(...(what === "other" ? [] : [{ path, reason: what }]));
      else if (next.depth < limits.depth) open.push({ path, depth: next.depth + 1 });
      else skipped.push({ path, reason: `deeper than ${limits.depth} folders` });
    }
  }
  found.sort(byCharacters);
  const over = found.slice(limits.files).map((path) => ({ path, reason: `over the limit of ${limits.files} files` }));
  const all = [...skipped, ...over].sort((a, b) => byCharacters(a.path, b.path));
  return { root, paths: found.slice(0, limits.files), skipped: all };
}

const LIMITS: WalkLimits = {
  files: KNOWLEDGE_FILES,
  directoryEntries: KNOWLEDGE_DIRECTORY_ENTRIES,
  depth: KNOWLEDGE_FOLDER_DEPTH,
};

async function realFolder(folder: string): Promise<string> {
  const status = await stat(folder).catch(() => undefined);
  if (status?.isDirectory() === true) return realpathSync(folder);
  throw new InputError(
    "INPUT_INVALID",
    `--local-dir must be a folder; ${folder} is ${status ? "none" : "not there"}.`,
    {
      hint: "Give the folder that holds the documents.",
    },
  );
}

async function entriesOf(folder: string, atMost: number): Promise<readonly Dirent[] | string> {
  try {
    const entries: Dirent[] = [];
    for await (const entry of await opendir(folder)) {
      if (entries.length === atMost) break;
      entries.push(entry);
    }
    return entries;
  } catch (error) {
    return `cannot be opened (${errorCode(error) ?? "unknown reason"})`;
  }
}

/** "other" is a file of another kind, which nobody asked for. */
function judge(entry: Dirent, path: string, extensions: ReadonlySet<string>): string {
  if (entry.isDirectory()) return path.length > KNOWLEDGE_PATH_CHARS ? TOO_LONG : "folder";
  if (entry.isSymbolicLink()) return "a link; links are not followed";
  if (!extensions.has(extensionOf(entry.name))) return "other";
  if (!entry.isFile()) return "not a regular file";
  if (path.length > KNOWLEDGE_PATH_CHARS) return TOO_LONG;
  return isWellFormedName(path) ? "file" : "its name is not valid UTF-8 or holds control characters";
}

const TOO_LONG = `its path is longer than ${KNOWLEDGE_PATH_CHARS} characters`;

/** Node replaces what is no UTF-8, and a path with the replacement does not lead back to the file. */
function isWellFormedName(path: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return !/[\u0000-\u001f\u007f\ufffd]/.test(path);
}

function byCharacters(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
