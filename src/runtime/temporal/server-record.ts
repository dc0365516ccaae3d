import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const port = z.int().min(1).max(65_535);

/** The ports of one server, kept after its end so that addresses stay the same from start to start. */
export const ServerPorts = z.strictObject({ grpc: port, http: port, ui: port, metrics: port });
export type ServerPorts = z.infer<typeof ServerPorts>;

/** What started a server last, so that people can be told how to start it again. */
const ServerStart = z.strictObject({ command: z.string().max(1000), folder: z.string() });
export type ServerStart = z.infer<typeof ServerStart>;

const RunningServer = z.strictObject({
  status: z.literal("running"),
  pid: z.int().positive(),
  /** The process that stops the server when it ends. */
  owner: z.int().positive(),
  ports: ServerPorts,
  startedAt: z.iso.datetime(),
  startedBy: ServerStart.optional(),
});
export type RunningServer = z.infer<typeof RunningServer>;

const ServerRecord = z.discriminatedUnion("status", [
  RunningServer,
  z.strictObject({ status: z.literal("stopped"), ports: ServerPorts, startedBy: ServerStart.optional() }),
]);
/** What a data folder remembers of its server; always checked against the living before it is believed. */
export type ServerRecord = z.infer<typeof ServerRecord>;

/** The record of this folder; a file that cannot be read or understood counts as none. */
export function readServerRecord(home: string): ServerRecord | undefined {
  try {
    return ServerRecord.safeParse(JSON.parse(readFileSync(fileOf(home), "utf8"))).data;
  } catch {
    // Absent, or cut by a full disk: either way nothing is known, and a start writes it anew.
    return undefined;
  }
}

/** Replaces the record in one step, so that no reader sees half of it. */
export function writeServerRecord(home: string, record: ServerRecord): void {
  const next = `${fileOf(home)}.${process.pid}`;
  writeFileSync(next, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(next, fileOf(home));
}

function fileOf(home: string): string {
  return join(home, "temporal.json");
}
