import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, inject, onTestFinished, test } from "vitest";
import * as z from "zod";
import { oldestNode } from "../../scripts/oldest-node.ts";
import { type ContentHash, Scope } from "../../src/protocol/ids.ts";
import { openStateStore } from "../../src/state/open-state-store.ts";
import { ROOT } from "../helpers/source-files.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const LIMIT_MS = 300_000;
/** The processes that a test starts and kills are written in TypeScript. */
const STRIPPING = "--experimental-strip-types --no-warnings";
/** All that a SQLite file is opened for: the state store, catalogs and their index, queries of models, profiles. */
const CONTRACTS = [
  ...["blobs", "gates", "isolation", "log", "plans", "references", "runs", "scopes", "steps", "transcripts"].map(
    (part) => `state-${part}`,
  ),
  ...["state-killed-writer", "state-power-cut", "catalog-search-killed"],
  ...["collect-regularly", "catalog-store", "catalog-search-follow", "sql-corpus-sqlite", "profile"],
].map((name) => join("tests", "contract", `${name}.test.ts`));

test("what was built keeps its contracts under the oldest Node of the manifest", { timeout: LIMIT_MS }, async () => {
  const node = oldestNode(ROOT);
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const config = join(ROOT, "vitest.oldest-node.config.ts");
  const env = { ...process.env, BRIDLE_TEST_POSTGRES: inject("postgresUrl"), NO_COLOR: "1", NODE_OPTIONS: STRIPPING };

  const version = await promisify(execFile)(node, ["-p", "process.version + ' ' + process.versions.napi"]);
  const args = [vitest, "run", "--config", config, ...CONTRACTS];
  const { stdout } = await promisify(execFile)(node, args, { cwd: ROOT, env, timeout: LIMIT_MS }).catch(failed);

  expect(CONTRACTS.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  expect(version.stdout).toMatch(/^v22\.12\.0 9$/m);
  expect(stdout).toMatch(new RegExp(`Test Files +${CONTRACTS.length} passed \\(${CONTRACTS.length}\\)`));
});

test("two Nodes on one store read what the other wrote", { timeout: LIMIT_MS }, async () => {
  const url = `sqlite:${join(temporaryFolder(), "state.db")}`;
  const scope = Scope.parse({ tenant: "acme", workspace: "default" });
  const texts = ["ours", "theirs"].map((whose) => `${whose} `.repeat(2_000));
  const store = await openStateStore({ url });
  onTestFinished(() => store.close());
  const { blobs } = store.in(scope);
  const ours = await blobs.put(Buffer.from(texts[0] ?? ""));
  const script = `
    const { openStateStore } = await import(${JSON.stringify(join(ROOT, "dist", "state", "open-state-store.js"))});
    const store = await openStateStore({ url: ${JSON.stringify(url)} });
    const { blobs } = store.in(${JSON.stringify(scope)});
    const read = Buffer.from(await blobs.get(${JSON.stringify(ours)})).toString();
    const again = await blobs.put(Buffer.from(read));
    const theirs = await blobs.put(Buffer.from(${JSON.stringify(texts[1])}));
    console.log(JSON.stringify({ read, again, theirs }));
    await store.close();
  `;

  const args = ["--input-type=module", "--no-warnings", "--eval", script];
  const { stdout } = await promisify(execFile)(oldestNode(ROOT), args);

  const { read, again, theirs } = Said.parse(JSON.parse(stdout));
  expect(read).toBe(texts[0]);
  expect(again).toBe(ours);
  expect(Buffer.from(await blobs.get(theirs)).toString()).toBe(texts[1]);
});

const Said = z.strictObject({ read: z.string(), again: z.string(), theirs: z.custom<ContentHash>() });

function failed(error: { readonly stdout?: string; readonly stderr?: string }): never {
  throw new Error(`${error.stdout ?? ""}\n${error.stderr ?? ""}`);
}
