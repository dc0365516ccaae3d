import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadEnvFiles } from "../../../../src/cli/settings/env-files.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bridle-env-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

test("the process comes first, then .env.local, .env.{mode}, .env", () => {
  write(".env", "A=env\nB=env\nC=env\nD=env\n");
  write(".env.staging", "A=mode\nB=mode\nC=mode\n");
  write(".env.local", "A=local\nB=local\n");

  const loaded = loadEnvFiles({ env: { NODE_ENV: "staging", A: "process" }, folder, file: undefined });

  expect(loaded.env).toEqual({ NODE_ENV: "staging", A: "process", B: "local", C: "mode", D: "env" });
  expect(loaded.added).toEqual({ B: "local", C: "mode", D: "env" });
  expect(loaded.files).toEqual([".env.local", ".env.staging", ".env"].map((name) => join(folder, name)));
});

test("an empty variable of the process stays empty", () => {
  write(".env", "A=env\n");

  expect(loadEnvFiles({ env: { A: "" }, folder, file: undefined }).env).toEqual({ A: "" });
});

test("a named file is read instead of the usual ones", () => {
  write(".env", "A=env\n");
  write("other", "B='two words' # why\n");

  const loaded = loadEnvFiles({ env: {}, folder, file: "other" });

  expect(loaded.env).toEqual({ B: "two words" });
});

test("no file is no error, a named one that is missing is", () => {
  expect(loadEnvFiles({ env: {}, folder, file: undefined }).files).toEqual([]);
  expect(() => loadEnvFiles({ env: {}, folder, file: "missing" })).toThrow(/environment file .*missing cannot be read/);
});

test("a mode that is a path reads nothing", () => {
  write(".env", "A=env\n");

  const loaded = loadEnvFiles({ env: { NODE_ENV: "../../etc/passwd" }, folder, file: undefined });

  expect(loaded.files).toEqual([join(folder, ".env")]);
});
