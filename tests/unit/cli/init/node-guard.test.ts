import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { isProjectNode, NODE_GUARD } from "../../../../src/cli/init/node-guard.ts";
import { ROOT } from "../../../helpers/source-files.ts";

/** What the guard said and how it left under a version of Node. */
function guarded(node: string): { readonly said: string; readonly code: number | undefined } {
  let said = "";
  let code: number | undefined;
  const stderr = { write: (text: string): void => void (said += text) };
  const exit = (left: number): void => void (code = left);
  runInNewContext(NODE_GUARD, { process: { versions: { node }, stderr, exit } });
  return { said, code };
}

test.each(["18.20.4", "20.20.2", "22.17.1", "23.11.1"])("Node %s is refused in words", (version) => {
  const { said, code } = guarded(version);

  expect(code).toBe(2);
  expect(said).toContain(`this project needs Node ^22.18.0 || >=24; this is ${version}.\nfix: install a current Node`);
});

test.each(["22.18.0", "24.0.0", "25.1.0"])("Node %s goes on", (version) => {
  expect(guarded(version)).toEqual({ said: "", code: undefined });
});

test("our own scripts have the same guard, before anything that is TypeScript", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>; // our own manifest
  };
  const unguarded = Object.values(scripts).filter((script) =>
    /^node (?!--import \.\/scripts\/require-node\.mjs)/.test(script),
  );

  expect(readFileSync(join(ROOT, "scripts", "require-node.mjs"), "utf8")).toBe(NODE_GUARD);
  expect(unguarded).toEqual([]);
});

test.each([
  ["22.18.0", true],
  ["24.0.0", true],
  ["25.1.0", true],
  ["22.17.1", false],
  ["23.11.1", false],
  ["20.20.2", false],
])("a project runs under Node %s: %s", (version, runs) => {
  expect(isProjectNode(version)).toBe(runs);
});
