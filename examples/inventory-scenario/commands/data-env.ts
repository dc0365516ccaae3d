import { renameSync, writeFileSync } from "node:fs";
import { DATA_ENVIRONMENT } from "../data-environment.ts";

/** Writes the descriptor that every `bridle data` command and the app read. */
export function writeDataEnvironment(path: string): void {
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, `${JSON.stringify(DATA_ENVIRONMENT, null, 2)}\n`);
  renameSync(unfinished, path);
  console.error(`Wrote ${path}.`);
}
