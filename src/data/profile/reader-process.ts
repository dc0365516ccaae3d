/**
 * The process that reads a database for its profile, so that a native call that does not return can be killed and the one who
 * waits stays responsive. It is started by open-profile-reader.ts, does one thing at a time and ends with its parent.
 */
import { Worker } from "node:worker_threads";
import { errorCode } from "../../lib/error-code.ts";
import { thrownMessage } from "../../lib/thrown-text.ts";
import { openPostgresReader } from "./postgres/postgres-reader.ts";
import type { ReaderCall, ReaderReply, ReaderTarget } from "./reader-message.ts";
import type { ProfileReader } from "./reading.ts";
import { openSqliteReader } from "./sqlite/sqlite-reader.ts";

serveReader();

function serveReader(): void {
  const state: { reader: ProfileReader | null } = { reader: null };
  process.on("disconnect", () => process.exit(0));
  watchParent();
  // The terminal's Ctrl-C is for the parent, which decides what ends.
  process.on("SIGINT", () => undefined);
  // The parent sends nothing but calls.
  process.on("message", (message: ReaderCall) => {
    void answer(state, message).then((reply) => process.send?.(reply));
  });
}

/** A killed parent disconnects too, but nobody hears it here while the engine works: a thread beside it looks. */
function watchParent(): void {
  const watch = `const parent = process.ppid;
    setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, 500);`;
  new Worker(watch, { eval: true }).unref();
}

async function answer(state: { reader: ProfileReader | null }, call: ReaderCall): Promise<ReaderReply> {
  try {
    state.reader ??= await openReader(call.target);
    return { id: call.id, value: await run(state.reader, call) };
  } catch (error) {
    return { id: call.id, error: { message: thrownMessage(error), code: errorCode(error) } };
  }
}

async function openReader(target: ReaderTarget): Promise<ProfileReader> {
  return target.kind === "sqlite" ? openSqliteReader(target.path) : await openPostgresReader(target.url);
}

function run(reader: ProfileReader, call: ReaderCall): Promise<unknown> {
  switch (call.kind) {
    case "describe":
      return reader.describe(call.schema);
    case "read":
      return reader.read(call.table, call.how);
    case "test":
      return reader.testReference(call.test);
  }
}
