import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ACME, conversation, newRun, stepAttempt, texts } from "../helpers/state-records.ts";
import { openStore, stateStores } from "./state-store.ts";

const program = join(import.meta.dirname, "..", "helpers", "state-writer-process.ts");

interface Writer {
  readonly name: string;
  readonly child: ChildProcess;
  /** The last step that the process said was committed. */
  committed: number;
}

function startWriter(url: string, name: string): Writer {
  const child = spawn(process.execPath, [program, url, name], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const writer: Writer = { name, child, committed: 0 };
  child.stdout.on("data", (chunk) => {
    writer.committed = Number(String(chunk).trimEnd().split("\n").at(-1));
  });
  return writer;
}

describe.each(stateStores)("processes that are killed while they write to $name", (adapter) => {
  test("lose nothing that was committed and leave nothing half done", { timeout: 60_000 }, async () => {
    const url = adapter.newUrl();
    await openStore(url);
    const writers = ["one", "two", "three"].map((name) => startWriter(url, name));
    for (const writer of writers) {
      await expect.poll(() => writer.committed, POLL).toBeGreaterThan(10);
      writer.child.kill("SIGKILL");
      await once(writer.child, "close");
    }

    const scoped = (await openStore(url)).in(ACME);

    const written: string[] = [];
    for (let read = await scoped.log.read(newRun().runId, 0); read.length > 0;) {
      expect(read.map((event) => event.seq)).toEqual(read.map((_, index) => written.length + index + 1));
      written.push(...texts(read));
      read = await scoped.log.read(newRun().runId, written.length);
    }
    for (const { name, committed } of writers) {
      const own = written.filter((text) => text.startsWith(`${name}/`));
      expect(own.length).toBeGreaterThanOrEqual(committed * 2);
      expect(own).toEqual(own.map((_, index) => `${name}/${Math.floor(index / 2) + 1}/${index % 2 === 0 ? "a" : "b"}`));
      for (let n = 1; n <= own.length / 2; n++) {
        const head = conversation(3, `${name}/${n}`)[2]?.hash ?? expect.fail();
        expect(await scoped.steps.begin(stepAttempt(2, { step: `${name}:${n}` }))).toEqual({ kind: "done", result: n });
        expect(await scoped.transcripts.load(head)).toHaveLength(3);
      }
    }
  });
});

const POLL = { timeout: 20_000 };
