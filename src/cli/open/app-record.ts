import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { Scope } from "../../protocol/ids.ts";

const AppRecord = z.strictObject({
  app: z.string(),
  /** Every workspace that the app declares, its default one first. */
  scopes: z.array(Scope).readonly(),
});
/** The app that this project hosted last: a workspace in which nothing ran yet is known from here alone. */
export type AppRecord = z.infer<typeof AppRecord>;

/** Notes which app this project hosts. */
export function recordApp(home: string, record: AppRecord): void {
  const next = `${fileOf(home)}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, fileOf(home));
}

/** The note, if there is one that can be read. */
export function readAppRecord(home: string): AppRecord | undefined {
  try {
    return AppRecord.safeParse(JSON.parse(readFileSync(fileOf(home), "utf8"))).data;
  } catch {
    return undefined; // absent or damaged: the next process that hosts an app writes it anew
  }
}

function fileOf(home: string): string {
  return join(home, "app.json");
}
