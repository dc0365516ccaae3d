import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { createApiToken, findLaunch, readLaunch, recordLaunch } from "../../../../src/cli/open/launch-record.ts";

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
  second.publish();

  expect(Buffer.from(first.token, "base64url")).toHaveLength(32);
  expect(second.token).not.toBe(first.token);
  expect(readFileSync(join(home, "api-token"), "utf8")).toBe(second.token);
  expect(statSync(join(home, "api-token")).mode & 0o777).toBe(0o600);
});

test("an ending launch takes its own token along, and not that of a later one", () => {
  const forgetFirst = createApiToken(home, {}).publish();
  const forgetSecond = createApiToken(home, {}).publish();

  forgetFirst();
  expect(existsSync(join(home, "api-token"))).toBe(true);
  forgetSecond();
  expect(existsSync(join(home, "api-token"))).toBe(false);
});

test("the operator's token is written nowhere, and an old file does not mislead", () => {
  createApiToken(home, {}).publish();
  const given = createApiToken(home, { BRIDLE_API_TOKEN: "given" });
  given.publish();

  expect(given).toMatchObject({ token: "given", file: null });
  expect(existsSync(join(home, "api-token"))).toBe(false);
});

test.each([{}, { BRIDLE_API_TOKEN: "given" }])("a launch that ends gives way to the one that still runs", (env) => {
  const theirs = { url, pid: process.ppid };
  writeFileSync(join(home, "http.json"), JSON.stringify(theirs));
  writeFileSync(join(home, "api-token"), "their token");

  const forgetToken = createApiToken(home, env).publish();
  const forgetLaunch = recordLaunch(home, "http", { url: "http://127.0.0.1:9" });
  expect(readLaunch(home, "http")?.pid).toBe(process.pid);
  forgetLaunch();
  forgetToken();

  expect(readLaunch(home, "http")).toEqual(theirs);
  expect(readFileSync(join(home, "api-token"), "utf8")).toBe("their token");
});

test("a development server without an API is found by its command line, and a stranger with its id is not", async () => {
  const dev = spawn(process.execPath, ["-e", "process.stdin.resume()", "dev"]);
  onTestFinished(() => void dev.kill());
  await once(dev, "spawn");
  writeFileSync(join(home, "dev.json"), JSON.stringify({ url: null, pid: dev.pid }));
  expect(await findLaunch(home, "dev")).toEqual({ url: null, pid: dev.pid });

  writeFileSync(join(home, "dev.json"), JSON.stringify({ url: null, pid: process.pid }));
  expect(await findLaunch(home, "dev")).toBeUndefined();
});

test("a process that serves is found until it takes its note back", async () => {
  const forget = recordLaunch(home, "dev", { url, approvals: "open" });

  expect(await findLaunch(home, "dev")).toEqual({ url, approvals: "open", pid: process.pid });
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
