import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { leftServer } from "../../../src/cli/leave-at-once.ts";
import { databaseFile } from "../../../src/runtime/temporal/server-identity.ts";
import { writeServerRecord } from "../../../src/runtime/temporal/server-record.ts";

test("a server is left behind when it runs and this process would have stopped it", async () => {
  const home = mkdtempSync(join(tmpdir(), "bridle-leave-"));
  const server = spawn(process.execPath, ["-e", "process.stdin.resume()", databaseFile(home)]);
  onTestFinished(() => {
    server.kill();
    rmSync(home, { recursive: true });
  });
  await once(server, "spawn");
  const pid = server.pid ?? 0;
  const ports = { grpc: 1, http: 2, ui: 3, metrics: 4 };
  const record = { status: "running", pid, ports, startedAt: "2026-01-01T00:00:00Z" } as const;

  expect(leftServer(home)).toBeUndefined();
  writeServerRecord(home, { ...record, owner: process.ppid });
  expect(leftServer(home)).toBeUndefined();
  writeServerRecord(home, { ...record, owner: process.pid });
  expect(leftServer(home)).toBe(pid);
});
