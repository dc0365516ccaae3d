import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeOutputFile } from "../../../../src/cli/output/write-output-file.ts";
import { temporaryFolder } from "../../../helpers/temporary-folder.ts";

test("a file is written whole, for its owner only", async () => {
  const folder = temporaryFolder();

  const file = await writeOutputFile({ folder, name: "out.json", signal: new AbortController().signal }, "{}\n");

  expect(file).toEqual({ path: join(folder, "out.json"), bytes: 3 });
  expect(readFileSync(file.path, "utf8")).toBe("{}\n");
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["out.json"]);
});

test("a signal in the middle of writing leaves no file, nor part of one", async () => {
  const folder = temporaryFolder();
  const stop = new AbortController();
  const reason = new Error("Ctrl-C");

  const place = { folder, name: "out.json", signal: stop.signal };
  const writing = Promise.allSettled([writeOutputFile(place, "x".repeat(200_000_000))]);
  await expect.poll(() => readdirSync(folder), { interval: 1 }).toHaveLength(1);
  stop.abort(reason);

  expect(await writing).toEqual([{ status: "rejected", reason }]);
  expect(readdirSync(folder)).toEqual([]);
});
