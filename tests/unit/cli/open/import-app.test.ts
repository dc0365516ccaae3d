import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../helpers/temporary-folder.ts";

const SOURCE = pathToFileURL(join(import.meta.dirname, "../../../../src/cli/open/import-app.ts")).href;

/** What Node itself makes of an app in a project as `npm init` writes it: the test runner would compile it. */
function importInCommonJs(app: string): unknown {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "package.json"), '{"type":"commonjs"}');
  const file = join(folder, "app.ts");
  writeFileSync(file, app);
  const script = `
    import { importApp } from ${JSON.stringify(SOURCE)};
    const tell = ({ message, hint }) => ({ message, hint });
    const told = await importApp({ file: ${JSON.stringify(file)}, exportName: undefined }).catch(tell);
    console.log(JSON.stringify(told));`;
  const written = execFileSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  return JSON.parse(written);
}

test.each([
  'import { posix } from "node:path";\nexport const app = posix.join("a", "b");',
  'export const app = "a/b";',
])("a module in a CommonJS project loads: %j", (app) => {
  expect(importInCommonJs(app)).toBe("a/b");
});

test("one that does not load is told with its line and with the way to make it a module", () => {
  expect(importInCommonJs('import "node:path";\nexport const app: string = missing.value;\n')).toEqual({
    message: expect.stringMatching(/missing is not defined \(.*app\.ts:2:\d+\)/),
    hint: expect.stringMatching(/"type": "module".*\.mts/),
  });
});
