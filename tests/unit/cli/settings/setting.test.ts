import { expect, test } from "vitest";
import { flagName, readSetting, readSettings } from "../../../../src/cli/settings/setting.ts";
import { SETTINGS } from "../../../../src/cli/settings/settings.ts";

test("a flag wins over its variable, and an empty variable is none", () => {
  const env = { BRIDLE_PORT: "5000" };

  expect(readSetting(SETTINGS.port, { port: "6000" }, env)).toBe(6000);
  expect(readSetting(SETTINGS.port, {}, env)).toBe(5000);
  expect(readSetting(SETTINGS.port, {}, { BRIDLE_PORT: "" })).toBeUndefined();
});

test("a wrong value is refused by the name it came under", () => {
  expect(() => readSetting(SETTINGS.grace, { grace: "5" }, {})).toThrow(
    '--grace must be a duration such as 500ms, 5s or 2m; received "5".',
  );
  expect(() => readSetting(SETTINGS.grace, {}, { BRIDLE_GRACE: "soon" })).toThrow(/^BRIDLE_GRACE must be a duration/);
});

test.each([
  [SETTINGS.port, "70000"],
  [SETTINGS.port, "-1"],
  [SETTINGS.port, "80.5"],
  [SETTINGS.limit, "0"],
  [SETTINGS.limit, "501"],
  [SETTINGS.stickyTimeout, "0s"],
  [SETTINGS.durability, "half"],
  [SETTINGS.status, "done"],
  [SETTINGS.runId, "a b"],
  [SETTINGS.tenant, "../x"],
  [SETTINGS.allowedHosts, "a,,b"],
  [SETTINGS.prompt, "  "],
])("refuses %#", (setting, text) => {
  expect(() => readSetting<unknown>(setting, { [flagName(setting.flags)]: text }, {})).toThrow(/must be/);
});

test("flags are known by their bare names", () => {
  expect(flagName("--run-id <id>")).toBe("run-id");
  expect(flagName("-V, --version")).toBe("version");
  expect(flagName("--no-worker")).toBe("no-worker");
});

test("a repeatable flag gives all its values in order, and names a wrong one", () => {
  expect(readSettings(SETTINGS.table, { table: ["b", "a"] })).toEqual(["b", "a"]);
  expect(readSettings(SETTINGS.table, {})).toEqual([]);
  expect(() => readSettings(SETTINGS.table, { table: [" "] })).toThrow(/^--table must be/);
});
