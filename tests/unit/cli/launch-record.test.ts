import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApiToken, findLaunch, recordLaunch } from "../../../src/cli/launch-record.ts";

let home: string;
let server: Server;
let url: string;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "bridle-launch-"));
  server = createServer((_request, response) => response.end("ok"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(home, { recursive: true, force: true });
});

test("a token is new with each launch, hard to guess, and for its owner only", () => {
  const first = createApiToken(home, {});
  const second = createApiToken(home, {});

  expect(Buffer.from(first.token, "base64url")).toHaveLength(32);
  expect(second.token).not.toBe(first.token);
  expect(readFileSync(join(home, "api-token"), "utf8")).toBe(second.token);
  expect(statSync(join(home, "api-token")).mode & 0o777).toBe(0o600);
});

test("an ending launch takes its own token along, and not that of a later one", () => {
  const first = createApiToken(home, {});
  const second = createApiToken(home, {});

  first.forget();
  expect(existsSync(join(home, "api-token"))).toBe(true);
  second.forget();
  expect(existsSync(join(home, "api-token"))).toBe(false);
});

test("the operator's token is written nowhere, and an old file does not mislead", () => {
  createApiToken(home, {});

  expect(createApiToken(home, { BRIDLE_API_TOKEN: "given" })).toMatchObject({ token: "given", file: null });
  expect(existsSync(join(home, "api-token"))).toBe(false);
});

test("a process that serves is found until it takes its note back", async () => {
  const forget = recordLaunch(home, "dev", url);

  expect(await findLaunch(home, "dev")).toEqual({ url, pid: process.pid });
  expect(statSync(join(home, "dev.json")).mode & 0o777).toBe(0o600);
  forget();
  expect(await findLaunch(home, "dev")).toBeUndefined();
});

test("a note is not believed when its process is gone, nothing answers, or it is damaged", async () => {
  const noOne = 2 ** 22 + 1;
  writeFileSync(join(home, "dev.json"), JSON.stringify({ url, pid: noOne }));
  expect(await findLaunch(home, "dev")).toBeUndefined();

  writeFileSync(join(home, "dev.json"), JSON.stringify({ url: "http://127.0.0.1:9", pid: process.pid }));
  expect(await findLaunch(home, "dev")).toBeUndefined();

  writeFileSync(join(home, "dev.json"), "{");
  expect(await findLaunch(home, "dev")).toBeUndefined();
});
