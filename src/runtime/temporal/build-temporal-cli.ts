import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type FetchOutcome,
  type FetchRequest,
  TEMPORAL_CLI_FILE,
  TEMPORAL_CLI_VERSION,
  isTemporalCli,
  onPath,
} from "./temporal-cli.ts";

const MODULE = `github.com/temporalio/cli/cmd/temporal@${TEMPORAL_CLI_VERSION}`;
const PROGRESS_EVERY_MS = 15_000;
const KEPT_OUTPUT_CHARS = 2000;

/** Builds the command with the Go that is on PATH; the real server and its web UI are in it. */
export async function buildTemporalCli(request: FetchRequest): Promise<FetchOutcome> {
  const [go] = onPath("go", request.env["PATH"]);
  if (go === undefined) return { kind: "unavailable", reason: "Go is not on PATH" };
  mkdirSync(request.bin, { recursive: true, mode: 0o700 });
  // Built aside and renamed, so that nobody runs half a file and two builds at once do no harm.
  const aside = mkdtempSync(join(request.bin, "build-"));
  try {
    request.onProgress?.(`building the server with Go (${MODULE}), once, about three minutes`);
    const failure = await install(go, aside, request);
    const built = join(aside, TEMPORAL_CLI_FILE);
    if (failure !== undefined || !(await isTemporalCli(built))) {
      return { kind: "unavailable", reason: `go install ${MODULE} failed: ${failure ?? "its result does not run"}` };
    }
    const path = join(request.bin, TEMPORAL_CLI_FILE);
    renameSync(built, path);
    return { kind: "ready", path };
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Runs `go install`; resolves with what went wrong, or nothing. */
async function install(go: string, bin: string, request: FetchRequest): Promise<string | undefined> {
  const started = Date.now();
  const child = spawn(go, ["install", MODULE], {
    // CGO needs a C compiler, which many machines lack; the server's SQLite is pure Go.
    env: { ...request.env, GOBIN: bin, CGO_ENABLED: "0" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(-KEPT_OUTPUT_CHARS);
  });
  const progress = setInterval(() => {
    request.onProgress?.(`still building, ${Math.round((Date.now() - started) / 1000)} s`);
  }, PROGRESS_EVERY_MS);
  try {
    return await new Promise((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("close", (code) => resolve(code === 0 ? undefined : output.trim() || `exit code ${code}`));
    });
  } finally {
    clearInterval(progress);
  }
}
