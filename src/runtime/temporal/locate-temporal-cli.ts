import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { StateError } from "../../protocol/errors.ts";
import { buildTemporalCli } from "./build-temporal-cli.ts";
import { downloadTemporalCli } from "./download-temporal-cli.ts";
import { TEMPORAL_CLI_FILE, isTemporalCli, onPath } from "./temporal-cli.ts";

/** Where to look for the `temporal` command, and where to put it when it must be fetched. */
export interface TemporalCliSearch {
  /** The environment of the process: `BRIDLE_TEMPORAL_CLI` and `PATH` are read, and Go is run with it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The project's data folder; a fetched command goes to its `bin`. */
  readonly home: string;
  /** Called with a line for people while something slow happens. */
  readonly onProgress?: (line: string) => void;
  /** False looks only at what is on this machine already. */
  readonly allowFetch?: boolean;
  /** The server that publishes the command. */
  readonly downloadOrigin?: string;
  /** A second cache; by default that of this package: a checkout prepares its own once for tests and examples. */
  readonly packageCache?: string;
}

/**
 * The path of a `temporal` command that runs: the one named by `BRIDLE_TEMPORAL_CLI`, on `PATH`, in a cache of the
 * project, downloaded, or built with Go; otherwise `TEMPORAL_CLI_MISSING` with every way to get one.
 */
export async function locateTemporalCli(search: TemporalCliSearch): Promise<string> {
  const named = search.env["BRIDLE_TEMPORAL_CLI"];
  if (named !== undefined && named !== "") return namedCli(named);
  const bin = join(search.home, "bin");
  const packageCache = search.packageCache ?? fileURLToPath(new URL("../../../.cache/bin/", import.meta.url));
  const cached = [bin, packageCache].map((folder) => join(folder, TEMPORAL_CLI_FILE));
  for (const candidate of [...onPath("temporal", search.env["PATH"]), ...cached]) {
    if (await isTemporalCli(candidate)) return candidate;
  }
  const tried = [`no runnable \`temporal\` on PATH or in ${bin}`];
  if (search.allowFetch !== false) {
    for (const fetchCli of [downloadTemporalCli, buildTemporalCli]) {
      const outcome = await fetchCli({ ...search, bin });
      if (outcome.kind === "ready") return outcome.path;
      search.onProgress?.(outcome.reason);
      tried.push(outcome.reason);
    }
  }
  throw missing(tried);
}

async function namedCli(path: string): Promise<string> {
  if (await isTemporalCli(path)) return path;
  throw missing([`BRIDLE_TEMPORAL_CLI names ${path}, which does not run as the temporal command`]);
}

function missing(tried: readonly string[]): StateError {
  return new StateError("TEMPORAL_CLI_MISSING", `No Temporal server could be found: ${tried.join("; ")}.`, {
    hint: [
      "Any one of these helps: install the Temporal CLI so that `temporal` is on PATH;",
      "set BRIDLE_TEMPORAL_CLI to its path; install Go, which builds it in about three minutes;",
      "allow downloads from temporal.download; or set TEMPORAL_ADDRESS to a server that runs already.",
    ].join(" "),
  });
}
