import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { readPage } from "../../scripts/docs/read-page.ts";
import { locateTemporalCli } from "../../src/runtime/temporal/locate-temporal-cli.ts";
import { BIN } from "./cli.ts";
import { type ShellCommand, shellCommand } from "./shell-command.ts";
import { ROOT } from "./source-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A shell block of a page, and what the comment above it says of it. */
export interface ShellBlock {
  readonly code: string;
  /** "keeps running", or what it needs that a test has not: "in a checkout", "needs a key". */
  readonly mark: string;
}

/** The shell blocks of a page, in their order. */
export function shellBlocks(page: string): readonly ShellBlock[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  return [...text.matchAll(/(?:<!-- ([\w ]+) -->\s+)?```sh\n([\s\S]*?)```/gu)].map(([, mark = "", code = ""]) => ({
    code,
    mark,
  }));
}

/** Writes the blocks of a page that are named `file=…` into a folder. */
export function writeFiles(page: string, folder: string): void {
  const { fences } = readPage(page, readFileSync(join(ROOT, page), "utf8"));
  for (const { meta, code } of fences) {
    const [, name] = /\bfile=(\S+)/.exec(meta) ?? [];
    if (name === undefined) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), `${code}\n`);
  }
}

/** Puts this package into a folder as an installation would, with the command `bridle`. */
export function installInto(folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  symlinkSync(ROOT, join(modules, "bridle"));
  for (const name of ["zod", "@types"]) symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  writeFileSync(join(modules, ".bin", "bridle"), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`, {
    mode: 0o755,
  });
}

/** What a block printed on both streams. A code other than 0 fails the test with it. */
export type RunBlock = (code: string, until?: RegExp) => Promise<string>;

/**
 * A shell in a folder of a reader, with nothing of the developer's own settings. With `until` a block goes on running behind the next
 * ones; it is interrupted when another such block begins, and at the end, as a reader would press Ctrl-C.
 */
export async function openShell(folder: string): Promise<RunBlock> {
  const env = {
    PATH: [join(folder, "node_modules", ".bin"), dirname(process.execPath), process.env["PATH"]].join(":"),
    HOME: temporaryFolder(),
    BRIDLE_TEMPORAL_CLI: await locateTemporalCli({ env: process.env, home: join(ROOT, ".cache") }),
  };
  let behind: ShellCommand | undefined;
  return async (code, until) => {
    if (until !== undefined) await interrupt(behind);
    const command = shellCommand(`set -eu\n${code}`, { folder, env });
    if (until === undefined) {
      const { code: ended, said } = await command.ended;
      if (ended !== 0) throw new Error(`${code}ended with ${ended ?? "a signal"}:\n${said}`);
      return said;
    }
    behind = command;
    onTestFinished(async () => interrupt(command));
    await command.saying(until);
    return command.said();
  };
}

async function interrupt(command: ShellCommand | undefined): Promise<void> {
  command?.signal("SIGINT");
  await command?.ended;
}
