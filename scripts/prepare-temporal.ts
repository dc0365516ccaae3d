/** Makes sure that a Temporal server binary is at hand before tests or examples need one. */
import { join } from "node:path";
import { StateError } from "../src/protocol/errors.ts";
import { locateTemporalCli } from "../src/runtime/temporal/locate-temporal-cli.ts";

const started = performance.now();
try {
  const cli = await locateTemporalCli({
    env: process.env,
    home: join(import.meta.dirname, "..", ".cache"),
    onProgress: (line) => console.log(`temporal: ${line}`),
  });
  console.log(`temporal: ${cli} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
} catch (error) {
  if (!(error instanceof StateError)) throw error;
  console.error(`temporal: ${error.message}\nfix: ${error.hint ?? ""}`);
  process.exitCode = 1;
}
