import { existsSync, globSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { COMMANDS } from "../../src/cli/commands.ts";
import { ENVIRONMENT_VARIABLES } from "../../src/cli/settings/environment-variables.ts";
import { GLOBAL_FLAGS } from "../../src/cli/settings/global-flags.ts";
import type { Page } from "./read-page.ts";

/** Where the names of a page lead. */
export interface Places {
  readonly root: string;
  readonly pages: readonly Page[];
}

/** Links without a target, files that do not exist and variables that nothing reads, each as a sentence. */
export function nameProblems(page: Page, places: Places): readonly string[] {
  return [...linkProblems(page, places), ...fileProblems(page, places), ...variableProblems(page)];
}

/** Variables that a command sets for what it runs. */
const SET_BY_US = ["BRIDLE_PLAN_ID"];
/** Variables that only the tests of this repository read. */
const READ_BY_TESTS = ["BRIDLE_CHROMIUM", "BRIDLE_SCREENSHOTS"];

/** The variables that the package reads or sets, those of Temporal's own SDK included. */
export function knownVariables(): ReadonlySet<string> {
  const settings = [...GLOBAL_FLAGS, ...COMMANDS.flatMap((command) => command.settings)];
  const ofFlags = settings.flatMap((setting) =>
    "env" in setting && typeof setting.env === "string" ? [setting.env] : [],
  );
  return new Set([...ofFlags, ...ENVIRONMENT_VARIABLES.map(({ name }) => name), ...SET_BY_US, ...READ_BY_TESTS]);
}

function linkProblems({ path, links }: Page, { root, pages }: Places): readonly string[] {
  return links.flatMap(({ text, line }) => {
    if (/^[a-z]+:/.test(text)) return [];
    const [file = "", anchor] = text.split("#");
    const target = file === "" ? path : normalize(join(dirname(path), file));
    const page = pages.find((candidate) => candidate.path === target);
    if (page === undefined && !existsSync(join(root, target)))
      return [`${path}:${line} links to ${text}, which does not exist`];
    if (anchor === undefined || page === undefined || page.anchors.includes(anchor)) return [];
    return [`${path}:${line} links to ${text}, but that page has no such heading`];
  });
}

const FOLDER = /^(?:docs|examples|src|tests|scripts|bench)\/[\w/-]+$/;

function fileProblems({ path, codeSpans, files }: Page, { root }: Places): readonly string[] {
  const folders = codeSpans.filter(({ text }) => FOLDER.test(text));
  return [...folders, ...files]
    .filter(({ text }) => globSync(text, { cwd: root }).length === 0)
    .map(({ text, line }) => `${path}:${line} names the file ${text}, which does not exist`);
}

function variableProblems({ path, codeSpans, fences }: Page): readonly string[] {
  const known = knownVariables();
  const places = [...codeSpans, ...fences.map(({ code, line }) => ({ text: code, line }))];
  return places.flatMap(({ text, line }) =>
    (text.match(/\bBRIDLE_[A-Z_]*[A-Z]\b/g) ?? [])
      .filter((name) => !known.has(name))
      .map((name) => `${path}:${line} names the variable ${name}, which nothing reads`),
  );
}
