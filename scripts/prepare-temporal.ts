/** Makes sure that a Temporal server binary is at hand before tests or examples need one. */
import { join } from "node:path";
import { locateTemporalCli } from "../src/runtime/temporal/locate-temporal-cli.ts";

const cli = await locateTemporalCli({
  env: process.env,
  home: join(import.meta.dirname, "..", ".cache"),
  onProgress: (line) => console.log(`temporal: ${line}`),
});
console.log(`temporal: ${cli}`);
