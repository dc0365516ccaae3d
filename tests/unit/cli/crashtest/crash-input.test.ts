import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCrashInput, withHandles } from "../../../../src/cli/crashtest/crash-input.ts";
import { temporaryFolder } from "../../../helpers/temporary-folder.ts";

function folderWith(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "input.json"), text);
  return folder;
}

test("references are named in the body, wherever they stand", () => {
  const handle = { kind: "ProductSet", id: "x1" };

  const body = withHandles({ actions: [{ products: { $reference: "s" }, place: "a" }] }, new Map([["s", handle]]));

  expect(body).toEqual({ actions: [{ products: handle, place: "a" }] });
});

test("a name that nobody declared is told", () => {
  expect(() => withHandles({ $reference: "t" }, new Map())).toThrow(/"t": expected one of `references` \(none\)/);
});

test.each([
  ["[1,", /must be a JSON file/],
  ['{"body": {}}', /is no plan to crash: plan:/],
  ['{"plan": "P", "body": {}, "extra": 1}', /extra/],
])("a plan file that is %s is refused", (text, message) => {
  expect(() => readCrashInput(folderWith(text), { plan: "input.json", script: undefined })).toThrow(message);
});

test("a script whose plans would all be the same is refused", () => {
  const folder = folderWith('[{"text": "x"}]');

  expect(() => readCrashInput(folder, { plan: undefined, script: "input.json" })).toThrow(/\{\{run\}\}/);
});

test("a plan and a script at once are refused, and so is neither", () => {
  expect(() => readCrashInput(".", { plan: "a", script: "b" })).toThrow(/exactly one/);
  expect(() => readCrashInput(".", { plan: undefined, script: undefined })).toThrow(/exactly one/);
});
