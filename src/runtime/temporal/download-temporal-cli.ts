import { execFile } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import * as z from "zod";
import {
  type FetchOutcome,
  type FetchRequest,
  TEMPORAL_CLI_FILE,
  TEMPORAL_CLI_VERSION,
  isTemporalCli,
} from "./temporal-cli.ts";

/** The service behind the SDK's own cached download; the SDK offers it only together with starting a server of its own. */
const ORIGIN = "https://temporal.download";
const ANSWER_TIMEOUT_MS = 10_000;
const ARCHIVE_TIMEOUT_MS = 300_000;

const ArchiveInfo = z.looseObject({ archiveUrl: z.url(), fileToExtract: z.string().min(1) });
type ArchiveInfo = z.infer<typeof ArchiveInfo>;

/** Downloads the command from where the SDK does; an unreachable server is known within ten seconds. */
export async function downloadTemporalCli(request: FetchRequest): Promise<FetchOutcome> {
  const origin = request.downloadOrigin ?? ORIGIN;
  mkdirSync(request.bin, { recursive: true, mode: 0o700 });
  const aside = mkdtempSync(join(request.bin, "download-"));
  try {
    const info = await archiveInfo(origin);
    request.onProgress?.(`downloading the server from ${origin}`);
    const unpacked = await unpack(info, aside);
    if (!(await isTemporalCli(unpacked))) throw new Error("the downloaded file does not run");
    const path = join(request.bin, TEMPORAL_CLI_FILE);
    renameSync(unpacked, path);
    return { kind: "ready", path };
  } catch (error) {
    // A download is one way of several: why it failed is told, and the next way is tried.
    return { kind: "unavailable", reason: `${origin} gave no server: ${reasonOf(error)}` };
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

async function archiveInfo(origin: string): Promise<ArchiveInfo> {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const query = new URLSearchParams({ arch, platform, format: "tar.gz" });
  const response = await fetch(`${origin}/cli/${TEMPORAL_CLI_VERSION}?${query.toString()}`, {
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return ArchiveInfo.parse(await response.json());
}

async function unpack(info: ArchiveInfo, folder: string): Promise<string> {
  const response = await fetch(info.archiveUrl, { signal: AbortSignal.timeout(ARCHIVE_TIMEOUT_MS) });
  if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status} for ${info.archiveUrl}`);
  const archive = join(folder, "archive.tar.gz");
  await pipeline(response.body, createWriteStream(archive, { mode: 0o600 }));
  await promisify(execFile)("tar", ["-xzf", archive, "-C", folder, info.fileToExtract]);
  return join(folder, info.fileToExtract);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
