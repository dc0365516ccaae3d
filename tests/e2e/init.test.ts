import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import { locateTemporalCli } from "../../src/runtime/temporal/locate-temporal-cli.ts";
import { killEmbeddedServer } from "../helpers/embedded-server-of.ts";
import { parseJson } from "../helpers/cli.ts";
import { openShell, shellBlocks } from "../helpers/guide-shell.ts";
import { runShell, shellCommand } from "../helpers/shell-command.ts";
import { ROOT } from "../helpers/source-files.ts";

/**
 * What a stranger does: the package as `npm pack` makes it, a folder outside the repository, `bridle init`, and no key. The three
 * projects are one npm workspace, so that every manifest is installed as it was written and what they share is fetched once.
 */

const TEMPLATES = ["blank", "inventory", "coordinator"] as const;
/** Each test starts several processes, on a machine that may be busy. */
vi.setConfig({ testTimeout: 150_000 });
const INSTALL = "npm install --prefer-offline --no-audit --no-fund --loglevel error";

let workspace = "";
let env: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), "bridle-init-"));
  env = { BRIDLE_TEMPORAL_CLI: await locateTemporalCli({ env: process.env, home: join(ROOT, ".cache") }) };
  const place = { folder: workspace, env };
  const Packed = z.array(z.looseObject({ filename: z.string() }));
  const line = `npm pack --ignore-scripts --json --loglevel error --pack-destination ${workspace} 2>/dev/null`;
  const [packed] = Packed.parse(JSON.parse(await runShell(line, { ...place, folder: ROOT })));
  const tarball = `file:${join(workspace, packed?.filename ?? "")}`;
  writeFileSync(join(workspace, "package.json"), JSON.stringify({ private: true, dependencies: { bridle: tarball } }));
  await runShell(INSTALL, place);
  for (const name of TEMPLATES) {
    await runShell(`npx --no-install bridle init ${name} --template ${name} --package ${tarball}`, place);
  }
  writeFileSync(join(workspace, "package.json"), JSON.stringify({ private: true, workspaces: TEMPLATES }));
  await runShell(INSTALL, place);
}, 300_000);

afterAll(() => rmSync(workspace, { recursive: true, force: true }));

test.each(TEMPLATES)("a project of the template %s declares what it imports, and type-checks", async (name) => {
  const folder = join(workspace, name);

  await runShell("npm run check", { folder, env });

  expect(undeclared(folder)).toEqual([]);
});

test.each(TEMPLATES)("a new project of the template %s passes its own tests", async (name) => {
  const said = await runShell("npm test", { folder: join(workspace, name), env });

  expect(said).toMatch(/^ℹ pass [1-9]/mu);
  expect(said).toMatch(/^ℹ (?:fail|skipped) 0$/mu);
});

test.each(TEMPLATES)("no network and no Temporal server: the project %s says every way to get one", async (name) => {
  const bin = mkdtempSync(join(tmpdir(), "bridle-no-network-"));
  onTestFinished(() => rmSync(bin, { recursive: true, force: true }));
  for (const tool of ["npm", "bash", "sh", "env"]) symlinkSync(await whereIs(tool), join(bin, tool));
  const nowhere = { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" };
  const place = {
    folder: join(workspace, name),
    env: { ...nowhere, BRIDLE_HOME: join(bin, "home"), PATH: `${dirname(process.execPath)}:${bin}` },
  };

  const { code, said } = await shellCommand("npm start", place).ended;

  expect(code).toBe(1);
  expect(said).toContain("No Temporal server could be found: no runnable `temporal` on PATH");
  expect(said).toMatch(/temporal\.download gave no server: .*; Go is not on PATH/u);
  expect(said).toContain("fix: Any one of these helps: install the Temporal CLI");
});

test("an installation under a Node that is too old is refused with the versions, and nothing is installed", async () => {
  const folder = mkdtempSync(join(workspace, "..", "bridle-old-node-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(workspace, "blank"), folder, { recursive: true, filter: (path) => !path.includes("node_modules") });
  const manifest = readFileSync(join(folder, "package.json"), "utf8");
  const demanded = "^22.18.0 || >=24";
  // npm compares with the Node that runs it, so it is the demand that moves.
  writeFileSync(join(folder, "package.json"), manifest.replace(demanded, ">=99"));

  const { code, said } = await shellCommand("npm install", { folder }).ended;

  expect(manifest).toContain(`"node": "${demanded}"`);
  expect(code).toBe(1);
  expect(said).toContain('Required: {"node":">=99"}');
  expect(existsSync(join(folder, "node_modules"))).toBe(false);
});

test.each([
  ["blank", async (folder: string) => readFileSync(join(folder, "notes.tsv"), "utf8"), /A person approved this line/u],
  ["inventory", async () => "", /action 9 {3}hold_inventory/u],
  ["coordinator", async () => "", /p-001 costs 6\.49 now/u],
] as const)(
  "the plan of the template %s waits without a key, and an approval from a second terminal carries it to the end",
  async (name, effects, expected) => {
    const place = { folder: join(workspace, name), env };
    onTestFinished(() => killEmbeddedServer(join(place.folder, ".bridle")));
    const first = shellCommand("npm start", place);
    const [, planId = ""] = await first.saying(/bridle approvals approve (\S+)/u);
    const waiting = parseJson(await runShell(`npx bridle plans show ${planId} --json`, place));

    const approved = await runShell(`npx bridle approvals approve ${planId} --by ann --json`, place);

    expect(waiting).toMatchObject({ status: "draft", decisions: [] });
    expect(parseJson(approved)).toMatchObject({ result: { kind: "counted", status: "approved" } });
    const { code, said } = await first.ended;
    expect({ code, said: `${said}${await effects(place.folder)}` }).toEqual({
      code: 0,
      said: expect.stringMatching(expected),
    });
    const plan = parseJson(await runShell(`npx bridle plans show ${planId} --json`, place));
    expect(plan).toMatchObject({ status: "executed", decisions: [{ decision: "approve", by: "ann", channel: "cli" }] });
  },
);

test("the README of a blank project runs as written", async () => {
  const folder = join(workspace, "blank");
  onTestFinished(() => killEmbeddedServer(join(folder, ".bridle")));
  const blocks = shellBlocks("examples/blank/README.md");
  const run = await openShell(folder);

  const printed: string[] = [];
  for (const { code, mark } of blocks) {
    printed.push(await run(code, mark === "keeps running" ? /It waits for a person|ready in/u : undefined));
  }

  expect(printed.map((said) => /It waits for a person|^ℹ pass 1$|ready in/mu.exec(said)?.[0])).toEqual([
    "It waits for a person",
    "ℹ pass 1",
    "ready in",
  ]);
});

test.each(TEMPLATES)("the README of a project %s names what the project has", (name) => {
  const folder = join(workspace, name);
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/gu)].map(([, block]) => block).join("");

  const named = (pattern: RegExp): readonly string[] => [...commands.matchAll(pattern)].map(([, found = ""]) => found);
  const scripts = named(/npm run (\S+)/gu);
  const paths = [
    ...named(/--(?:app|local-dir) (\S+)/gu),
    ...[...readme.matchAll(/`([\w/-]+\.ts)`/gu)].map(([, file = ""]) => file),
  ];

  const { scripts: declared } = Manifest.parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
  expect(scripts.filter((script) => !(script in declared))).toEqual([]);
  expect(paths.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
  expect([scripts.length > 0, paths.length > 0]).toEqual([true, true]);
});

const Manifest = z.looseObject({
  dependencies: z.record(z.string(), z.string()),
  scripts: z.record(z.string(), z.string()),
});

/** What files of a project import and its manifest does not name. */
function undeclared(folder: string): readonly string[] {
  const { dependencies } = Manifest.parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    /^(?!node_modules).*\.ts$/u.test(file),
  );
  const imported = sources.flatMap((file) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/^(?:import|\} from)[^"]*"([^"]+)"/gmu)].map(
      ([, name = ""]) => name,
    ),
  );
  const packages = imported
    .filter((name) => !/^(?:\.|node:)/u.test(name))
    .map((name) => /^(?:@[^/]+\/)?[^/]+/u.exec(name)?.[0]);
  return [...new Set(packages)].filter((name): name is string => name !== undefined && !(name in dependencies));
}

/** Where a command is, behind links. */
async function whereIs(tool: string): Promise<string> {
  return (await runShell(`readlink -f "$(command -v ${tool})"`, { folder: workspace })).trim();
}
