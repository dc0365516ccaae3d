import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { type Fence, readPage } from "../../scripts/docs/read-page.ts";
import { BIN, cleanEnvironment, cliProject, type CliProject } from "../helpers/cli.ts";
import { jsonTexts } from "../helpers/json-texts.ts";
import { ROOT } from "../helpers/source-files.ts";

const PAGE = readPage("docs/automation.md", readFileSync(join(ROOT, "docs", "automation.md"), "utf8"));

test("the guide's shell script runs from the top to the bottom and prints what the guide says", async () => {
  const here = guideProject();
  const { blocks, code } = await runBlocks(here);

  expect(blocks.map(({ printed }) => printed)).toEqual(blocks.map(({ promised }) => promised.map(like)));
  expect(code).toBe(0);
}, 180_000);

interface Block {
  readonly printed: readonly unknown[];
  /** What the fence below it says. */
  readonly promised: readonly unknown[];
}

/** A project with the app of the guide, in which `bridle` is on the path and the package can be imported. */
function guideProject(): CliProject {
  const here = cliProject({ TEMPORAL_ADDRESS: inject("temporalAddress") });
  const app = PAGE.fences.find(({ meta }) => meta === "file=app.ts");
  mkdirSync(join(here.folder, "node_modules"));
  for (const [name, target] of [
    ["bridle", ROOT],
    ["zod", join(ROOT, "node_modules", "zod")],
  ] as const)
    symlinkSync(target, join(here.folder, "node_modules", name));
  writeFileSync(join(here.folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(here.folder, "app.ts"), app?.code ?? "");
  mkdirSync(join(here.folder, "bin"));
  writeFileSync(join(here.folder, "bin", "bridle"), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`, {
    mode: 0o755,
  });
  // The machine's own Node may be another one than that of the tests.
  symlinkSync(process.execPath, join(here.folder, "bin", "node"));
  return here;
}

/** Runs every shell block in one shell, each with its output in a file of its own. */
async function runBlocks({ folder, env }: CliProject): Promise<{ blocks: readonly Block[]; code: number | null }> {
  const shells = PAGE.fences.flatMap((fence, at) =>
    fence.language === "sh" ? [{ fence, next: PAGE.fences[at + 1] }] : [],
  );
  const script = shells.map(({ fence }, at) => `{\n${fence.code}\n} > printed-${at}.txt`);
  writeFileSync(join(folder, "guide.sh"), ["set -eu", ...script].join("\n"));
  const errors = join(folder, "stderr.txt");
  const shell = spawn("bash", ["guide.sh"], {
    cwd: folder,
    env: { ...cleanEnvironment(), ...env, PATH: `${join(folder, "bin")}:${process.env["PATH"]}` },
    detached: true,
    stdio: ["ignore", "ignore", openSync(errors, "w")],
  });
  // What the script started in the background is of its process group.
  onTestFinished(() => killGroup(shell.pid));
  const [code] = (await once(shell, "exit")) as [number | null]; // the event's first argument
  if (code !== 0) throw new Error(`the guide ended with ${code}: ${readFileSync(errors, "utf8").slice(-4_000)}`);
  const blocks = shells.map(({ next }, at) => ({
    printed: read(next, readFileSync(join(folder, `printed-${at}.txt`), "utf8")),
    promised: read(next, next?.code ?? ""),
  }));
  return { blocks, code };
}

/** JSON values, or lines where the fence is of text. */
function read(fence: Fence | undefined, text: string): readonly unknown[] {
  return fence?.language === "text" ? text.trimEnd().split("\n") : jsonTexts(text);
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // The script stopped everything, as it should.
  }
}

/** What the guide shows, whole: "…" stands for any value, and at the end of a list for any others. */
function like(promised: unknown): unknown {
  if (promised === "…") return expect.anything();
  if (typeof promised === "string" && promised.includes("…")) return expect.stringMatching(patternOf(promised));
  if (Array.isArray(promised)) {
    const isOpen = promised.at(-1) === "…";
    return isOpen ? expect.arrayContaining(promised.slice(0, -1).map(like)) : promised.map(like);
  }
  if (typeof promised !== "object" || promised === null) return promised;
  return Object.fromEntries(Object.entries(promised).map(([key, value]) => [key, like(value)]));
}

function patternOf(text: string): RegExp {
  const parts = text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]+")}$`);
}
