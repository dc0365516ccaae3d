import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { nodeProblem, SUPPORTED_NODE } from "../../../src/cli/node-version.ts";
import { ROOT } from "../../helpers/source-files.ts";

test.each(["18.20.4", "20.20.2", "21.7.3", "22.0.0", "22.11.0"])("Node %s is refused", (version) => {
  const problem = nodeProblem(version);

  expect(problem).toContain(`bridle needs Node >=22.12; this is ${version}.`);
  expect(problem).toContain("fix: install a current Node");
});

test.each(["22.12.0", "22.20.0", "23.5.0", "24.0.0", "24.21.0", "25.1.0", "30.0.0-nightly"])(
  "Node %s is accepted",
  (version) => {
    expect(nodeProblem(version)).toBeUndefined();
  },
);

test("the manifest asks for the same versions", () => {
  const Manifest = z.looseObject({ engines: z.strictObject({ node: z.string() }) });
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));

  expect(manifest.engines.node).toBe(SUPPORTED_NODE);
});
