import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ScenarioFolder } from "../scenario-folder.ts";
import { DIMENSIONS } from "../seed/target-schema.ts";
import { writeDataEnvironment } from "./data-env.ts";
import { DEFAULT_SIZE, seed } from "./seed.ts";

/** Everything the agents need, each step once: the database, the descriptor, the profile, the knowledge, the search index. */
export async function prepare(folder: ScenarioFolder): Promise<void> {
  if (existsSync(folder.prepared) && existsSync(folder.target)) return;
  seed(folder, DEFAULT_SIZE);
  writeDataEnvironment(folder.dataEnvironment);
  await bridleData(folder, ["profile", "database", ...DIMENSIONS.flatMap((table) => ["--table", table])]);
  await bridleData(folder, ["knowledge", "ingest", "--local-dir", KNOWLEDGE, "--ext", "md"]);
  await bridleData(folder, ["catalog", "index", "rebuild"]);
  writeFileSync(folder.prepared, "");
}

const KNOWLEDGE = fileURLToPath(new URL("../knowledge", import.meta.url));

/** Runs `bridle data …` as a person would. */
async function bridleData(folder: ScenarioFolder, args: readonly string[]): Promise<void> {
  const bridle = fileURLToPath(import.meta.resolve("bridle").replace(/index\.js$/u, "cli/bin.js"));
  const line = [bridle, "--quiet", "--data-environment", folder.dataEnvironment, "data", ...args];
  console.error(`$ bridle data ${args.slice(0, 3).join(" ")} …`);
  const child = spawn(process.execPath, line, { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = (await once(child, "exit")) as [number | null]; // what Node passes to this event
  if (code !== 0) throw new Error(`bridle data ${args.slice(0, 2).join(" ")} ended with ${code ?? "a signal"}.`);
}
