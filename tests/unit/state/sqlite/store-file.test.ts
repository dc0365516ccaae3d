import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { ensureStoreFile } from "../../../../src/state/sqlite/store-file.ts";
import { temporaryFolder } from "../../../helpers/temporary-folder.ts";

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test("a missing store is created for its owner only, whatever the umask, in a folder of its own", () => {
  const before = process.umask(0o000);
  onTestFinished(() => void process.umask(before));
  const path = join(temporaryFolder(), "home", "deep", "state.db");

  ensureStoreFile(path);

  expect(mode(path)).toBe("600");
  expect(mode(join(path, ".."))).toBe("700");
  expect(readdirSync(join(path, ".."))).toEqual(["state.db"]);
});

test("a store that is there already is accepted and left as it is", () => {
  const path = join(temporaryFolder(), "state.db");
  ensureStoreFile(path);
  const before = readFileSync(path);

  ensureStoreFile(path);

  expect(readFileSync(path)).toEqual(before);
});

test("a store that lost all its bytes is refused and not filled again", () => {
  const path = join(temporaryFolder(), "state.db");
  writeFileSync(path, "");

  expect(() => ensureStoreFile(path)).toThrow(
    expect.objectContaining({ code: "STORE_EMPTY", hint: expect.any(String) }),
  );
  expect(statSync(path).size).toBe(0);
});

test("a missing store whose -wal still holds data is refused", () => {
  const path = join(temporaryFolder(), "state.db");
  writeFileSync(`${path}-wal`, "data");

  expect(() => ensureStoreFile(path)).toThrow(expect.objectContaining({ code: "STORE_EMPTY" }));
  expect(existsSync(path)).toBe(false);
});

test.each([
  ["a text", "hello, this is no database"],
  ["a damaged header", Buffer.concat([Buffer.from("SQLite format 2\0"), Buffer.alloc(4080)])],
])("%s is refused as corrupt and not touched", (_name, content) => {
  const path = join(temporaryFolder(), "state.db");
  writeFileSync(path, content);
  const before = readFileSync(path);

  expect(() => ensureStoreFile(path)).toThrow(
    expect.objectContaining({ code: "STORE_CORRUPT", message: expect.stringContaining(path) }),
  );
  expect(readFileSync(path)).toEqual(before);
});

test("the database of another application is refused and not touched", () => {
  const path = join(temporaryFolder(), "state.db");
  const foreign = new SqliteDatabase(path);
  foreign.exec("pragma application_id = 77; create table theirs (id integer)");
  foreign.close();
  const before = readFileSync(path);

  expect(() => ensureStoreFile(path)).toThrow(
    expect.objectContaining({ code: "STORE_CORRUPT", message: expect.stringContaining("another application") }),
  );
  expect(readFileSync(path)).toEqual(before);
  expect(existsSync(`${path}-wal`)).toBe(false);
});

test("a folder in the place of the store is an error of the file system", () => {
  const path = join(temporaryFolder(), "state.db");
  mkdirSync(path);

  expect(() => ensureStoreFile(path)).toThrow(expect.objectContaining({ code: "EISDIR" }));
});
