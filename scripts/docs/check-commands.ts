import { COMMANDS } from "../../src/cli/commands.ts";
import type { CommandSpec } from "../../src/cli/command.ts";
import { GLOBAL_FLAGS } from "../../src/cli/settings/global-flags.ts";
import { flagName } from "../../src/cli/settings/setting.ts";
import type { Mention, Page } from "./read-page.ts";

const SHELL = ["sh", "bash", "shell", "console"];
const ALWAYS = ["help", "version"];

/** Every `bridle` command line of a page that the command would refuse, each as a sentence. */
export function commandProblems({ path, fences, codeSpans }: Page): readonly string[] {
  const blocks = fences.filter(({ language }) => SHELL.includes(language)).flatMap(linesOf);
  const refused = [...blocks, ...codeSpans].flatMap(({ text, line }) =>
    commandLines(text).flatMap((words) => commandLineProblems(words).map((said) => `${path}:${line} ${said}`)),
  );
  return PUTS_IT_ON_PATH.includes(path)
    ? refused
    : [...refused, ...blocks.flatMap((block) => bareProblems(path, block))];
}

/** The one page that is a script, and says that it needs the command on PATH. */
const PUTS_IT_ON_PATH: readonly string[] = ["docs/automation.md"];

/** An installed package has its command in the project, where a shell finds it with npx only. */
function bareProblems(path: string, { text, line }: Mention): readonly string[] {
  return /(?:^|\$\(|&& )\s*(?:\w+=\S* )*bridle /.test(text) ? [`${path}:${line} needs \`npx bridle\``] : [];
}

/** What is wrong with the words after `bridle`; nothing when they name a command, or a group of commands, and its flags. */
export function commandLineProblems(words: readonly string[]): readonly string[] {
  const plain = withoutGlobalFlags(words);
  const names = plain.filter((word) => !word.startsWith("-"));
  const flags = words.filter((word) => /^--[a-z]/.test(word)).map((word) => flagName(word));
  // `bridle COMMAND --help` is about any command.
  if (names.length === 0 || /^[A-Z]+$/.test(names[0] ?? "")) return unknownFlags(flags, [], "bridle");
  const specs = specsOf(plain);
  if (specs.length === 0) return [`there is no command "bridle ${words.join(" ")}"`];
  return unknownFlags(flags, specs, `bridle ${specs.length === 1 ? specs[0]?.name : names[0]}`);
}

/** The command that the words name, or every command of the group that they name. */
function specsOf(words: readonly string[]): readonly CommandSpec[] {
  const firstOther = words.findIndex((word) => !/^[a-z|\\-]+$/.test(word) || word.startsWith("-"));
  const named = firstOther < 0 ? words : words.slice(0, firstOther);
  for (let length = named.length; length > 0; length--) {
    const wanted = alternatives(named.slice(0, length));
    const exact = wanted.map((name) => COMMANDS.find((spec) => spec.name === name));
    if (exact.every((spec) => spec !== undefined)) return exact;
  }
  const group = `${named.join(" ")} `;
  return COMMANDS.filter((spec) => named.length > 0 && spec.name.startsWith(group));
}

/** `approvals approve\|reject` stands for two commands. */
function alternatives(words: readonly string[]): readonly string[] {
  return words.reduce<readonly string[]>(
    (all, word) => all.flatMap((before) => word.split(/\\?\|/).map((choice) => `${before} ${choice}`.trim())),
    [""],
  );
}

/** Global flags may stand before the name of a command, with their values. */
function withoutGlobalFlags(words: readonly string[]): readonly string[] {
  const [first = "", ...rest] = words;
  const flag = GLOBAL_FLAGS.find(({ flags }) => first === `--${flagName(flags)}`);
  if (flag === undefined) return words;
  return withoutGlobalFlags(flag.flags.includes("<") ? rest.slice(1) : rest);
}

function unknownFlags(flags: readonly string[], specs: readonly CommandSpec[], name: string): readonly string[] {
  const own = specs.flatMap(({ settings, switches = [] }) => [...settings, ...switches]);
  const known = new Set([...ALWAYS, ...[...GLOBAL_FLAGS, ...own].map((flag) => flagName(flag.flags))]);
  return flags.filter((flag) => !known.has(flag)).map((flag) => `"${name}" has no flag --${flag}`);
}

/** The command lines of a block, those that a backslash continues as one. */
function linesOf({ code, line }: { readonly code: string; readonly line: number }): readonly Mention[] {
  const found: Mention[] = [];
  let pending = "";
  for (const [index, text] of code.split("\n").entries()) {
    pending += text.replace(/\\$/, " ");
    if (text.endsWith("\\")) continue;
    found.push({ text: pending, line: line + index });
    pending = "";
  }
  return found;
}

/** The words after each `bridle` that stands where a command stands. */
function commandLines(text: string): readonly (readonly string[])[] {
  const withoutComment = text.replace(/(^|\s)#(?!!).*$/, "");
  const named = withoutComment.replace(/(?:docker compose .*\bexec \w+ )?node dist\/cli\/bin\.js/, "bridle");
  const simple = named.split(/\$\(|[;)]|&&|\|\||\s\|\s|\s>\s?|\s&(?:\s|$)/);
  return simple.flatMap((part) => {
    const [, rest] =
      /^\s*(?:[A-Z_]+=(?:"[^"]*"|\S*)\s+)*(?:if |until |while |\$ |- )?(?:npx )?bridle(?:\s+(.*))?$/.exec(part) ?? [];
    return rest === undefined ? [] : [wordsOf(rest)];
  });
}

function wordsOf(text: string): readonly string[] {
  return (text.match(/"[^"]*"?|'[^']*'?|[^\s"']+/g) ?? []).map((word) => word.replace(/^\[|\]$/g, ""));
}
