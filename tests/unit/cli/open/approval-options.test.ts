import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CommandCall } from "../../../../src/cli/command.ts";
import { InputRequired } from "../../../../src/cli/failure.ts";
import { approvalSettings, decider, isLoopback, keyFileOf } from "../../../../src/cli/open/approval-options.ts";
import { Output } from "../../../../src/cli/output/output.ts";
import { ensureKeyPair } from "../../../../src/runtime/approvals/key-file.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bridle-approvals-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function call(flags: Record<string, unknown> = {}, env: Record<string, string> = {}): CommandCall {
  const sink = { write: () => true };
  const plain = (_: unknown, text: string): string => text;
  const output = new Output({
    mode: "json",
    isQuiet: true,
    isVerbose: false,
    stdout: sink,
    stderr: sink,
    style: { stdout: plain, stderr: plain },
    secrets: [],
  });
  return { flags, argument: "", env, folder, output, stdin: process.stdin };
}

test.each(["serve", "worker", "run"] as const)(
  "%s must have answers signed unless someone says otherwise",
  async (role) => {
    expect(await approvalSettings(call(), role)).toEqual({
      mode: "signed",
      keyFile: join(folder, ".bridle", "approval-key"),
    });
    expect(await approvalSettings(call({ approvals: "open" }), role)).toMatchObject({ mode: "open" });
    expect(await approvalSettings(call({}, { BRIDLE_APPROVALS: "open" }), role)).toMatchObject({ mode: "open" });
  },
);

test("dev on this machine is open, and elsewhere the choice is not made for its operator", async () => {
  expect(await approvalSettings(call(), "dev")).toMatchObject({ mode: "open" });
  expect(await approvalSettings(call({ host: "::1", "temporal-address": "localhost:7233" }), "dev")).toMatchObject({
    mode: "open",
  });

  for (const flags of [{ host: "10.0.0.5" }, { host: "0.0.0.0" }, { "temporal-address": "temporal.corp:7233" }]) {
    await expect(approvalSettings(call(flags), "dev")).rejects.toThrow(InputRequired);
    expect(await approvalSettings(call({ ...flags, approvals: "signed" }), "dev")).toMatchObject({ mode: "signed" });
  }
});

test("the key file and the trusted keys can be named", async () => {
  const settings = await approvalSettings(
    call({ "approval-key-file": "keys/k", "approval-public-keys": "ed25519:a, ed25519:b" }),
    "worker",
  );

  expect(settings).toMatchObject({ keyFile: join(folder, "keys", "k"), publicKeys: ["ed25519:a", "ed25519:b"] });
});

test("whoever signs has a name, and without a key nobody is named", () => {
  expect(decider(call())).toBeUndefined();
  ensureKeyPair(keyFileOf(call()));

  expect(decider(call())).toMatch(/./);
  expect(decider(call({ by: "ann" }))).toBe("ann");
});

test.each(["127.0.0.1", "127.1.2.3", "localhost", "LOCALHOST", "::1", "[::1]"])("%s is this machine", (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.evil.test", "localhost.evil.test", "", "1270.0.0.1"])(
  "%j is not this machine alone",
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);
