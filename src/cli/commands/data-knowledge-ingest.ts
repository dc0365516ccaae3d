import { basename, relative, resolve } from "node:path";
import type { ExtractionReport } from "../../catalog/knowledge/extraction/extract-with-model.ts";
import type { IngestReport } from "../../catalog/knowledge/ingest-knowledge.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { InputError } from "../../protocol/errors.ts";
import { type CommandCall, type CommandSpec, isOn, valueOf } from "../command.ts";
import { EXIT, type ExitCode, exitCodeOf } from "../exit-code.ts";
import { EXTRACT_WITH, MAX_TOKENS, YES, knowledgeModel } from "../open/knowledge-model.ts";
import type { DataScope } from "../open/open-data.ts";
import { countOf } from "../output/count-of.ts";
import { printableLine } from "../output/printable.ts";
import type { Setting } from "../settings/setting.ts";
import { DATA_SCOPE_SETTINGS } from "../settings/settings.ts";
import { tellStale } from "../text/tell-stale.ts";

const LOCAL_DIR: Setting<string> = {
  flags: "--local-dir <folder>",
  description: "the folder that holds the documents",
  expected: "a folder",
  parse: (text) => (text === "" ? undefined : text),
};

const EXTENSIONS: Setting<readonly string[]> = {
  flags: "--ext <list>",
  description: "which files to read, with commas: md, txt, html, csv, pdf (default all of them)",
  expected: "extensions with commas between them",
  parse: (text) => {
    const names = text.split(",").map((name) => name.trim().replace(/^\./, "").toLowerCase());
    return names.every((name) => /^[a-z]{1,10}$/.test(name)) ? names : undefined;
  },
};

const SOURCE: Setting<string> = {
  flags: "--source <name>",
  description: "a name for the folder, so that the same one is known again (default its path below the current folder)",
  expected: "a name of at most 200 characters",
  parse: (text) => (text !== "" && text.length <= 200 ? text : undefined),
};

/** `bridle data knowledge ingest`: brings a folder of documents into the catalog. */
export const DATA_KNOWLEDGE_INGEST: CommandSpec = {
  name: "data knowledge ingest",
  summary: "bring a folder of documents into the catalog, linked to the tables they name",
  settings: [...DATA_SCOPE_SETTINGS, LOCAL_DIR, EXTENSIONS, SOURCE, EXTRACT_WITH, MAX_TOKENS],
  switches: [YES],
  examples: [
    "bridle --data-environment data.json data knowledge ingest --local-dir knowledge",
    "bridle --data-environment data.json data knowledge ingest --local-dir docs --ext md,pdf",
    "bridle --data-environment data.json data knowledge ingest --local-dir docs --extract-with claude-haiku-4-5 --max-tokens 200000",
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const given = valueOf(call, LOCAL_DIR);
  if (given === undefined) {
    throw new InputError("INPUT_INVALID", "The command needs a folder of documents: --local-dir is missing.", {
      hint: "For example --local-dir knowledge --ext md,txt.",
    });
  }
  requireModelForLimit(call);
  const { withData } = await import("../open/open-data.ts");
  const hint = "Stopped. What was read stays; the same command goes on from there.";
  return await withData(call, (data) => ingest(call, data, resolve(call.folder, given)), hint);
}

/** A limit without a model would be a misunderstanding. */
function requireModelForLimit(call: CommandCall): void {
  if (valueOf(call, EXTRACT_WITH) !== undefined) return;
  const given = limitFlag(call);
  if (given === undefined) return;
  throw new InputError("INPUT_INVALID", `${given} needs --extract-with; without a model nothing is asked.`, {
    hint: "For example --extract-with claude-haiku-4-5.",
  });
}

/** The flag that says how far the model may go. */
function limitFlag(call: CommandCall): string | undefined {
  if (valueOf(call, MAX_TOKENS) !== undefined) return "--max-tokens";
  return isOn(call, YES) ? "--yes" : undefined;
}

async function ingest(call: CommandCall, data: DataScope, folder: string): Promise<ExitCode> {
  const [{ ingestIntoWorkspace }, extractWith] = await Promise.all([
    import("../../catalog/knowledge/ingest-into-workspace.ts"),
    knowledgeModel(call),
  ]);
  const { environment, scope, stop } = data;
  const place = { environment, scope, catalog: await data.catalog("write") };
  const report = await ingestIntoWorkspace(place, {
    folder,
    source: valueOf(call, SOURCE) ?? sourceName(call.folder, folder),
    signal: stop.signal,
    ...withoutUndefined({ extensions: valueOf(call, EXTENSIONS), extractWith }),
    onProgress: ({ step, done, total }) => call.output.advance({ done, total, message: STEPS[step] }),
  });
  tellStale(call, data, report.catalog.written + report.catalog.removed);
  tell(call, report);
  return report.extraction === null ? EXIT.ok : tellExtraction(call, report.extraction, extractWith?.maxTokens);
}

const STEPS = { read: "files read", ask: "parts asked about", show: "documents shown" } as const;

/** The same on every machine where the project is the current folder; no path of a machine gets into the catalog. */
function sourceName(from: string, folder: string): string {
  const path = relative(from, folder).replaceAll("\\", "/");
  return path === "" || path.startsWith("..") ? basename(folder) : path;
}

function tell({ output }: CommandCall, report: IngestReport): void {
  for (const { path, reason } of report.skipped) output.warning(`${path} skipped: ${reason}`);
  for (const { path, note } of report.notes) output.warning(`${path}: ${note}`);
  for (const { path, of } of report.duplicates) output.hint(`${path} holds the same as ${of}`);
  output.result({ ...report }, text(report));
}

/** What the model left undone, and how to go on. */
function tellExtraction({ output }: CommandCall, { left, error }: ExtractionReport, maxTokens?: number): ExitCode {
  if (error !== undefined) {
    output.failed(error);
    return exitCodeOf(error.code);
  }
  if (left === 0) return EXIT.ok;
  if (maxTokens !== 0) {
    output.warning(`${left} parts are left behind --max-tokens ${maxTokens}; the same command goes on with them.`);
    return EXIT.ok;
  }
  output.warning("The model was asked nothing: say --yes, or how far to go with --max-tokens.");
  return EXIT.inputRequired;
}

function text({ files, skipped, documents, chunks, items, links, catalog, source, extraction }: IngestReport): string {
  return [
    `${printableLine(source)}: ${countOf(files.read, "file")} read, ${files.unchanged} unchanged, ${files.removed.length} removed, ${skipped.length} skipped`,
    `the catalog shows ${countOf(documents, "document")} in ${countOf(chunks, "part")}, ${countOf(items, "term, metric, rule or query", "terms, metrics, rules and queries")}, and ${countOf(links, "link")}`,
    `${countOf(catalog.written, "entry", "entries")} written, ${catalog.unchanged} unchanged, ${catalog.removed} removed`,
    ...(extraction === null ? [] : [extractionText(extraction)]),
  ].join("\n");
}

function extractionText({ estimate, calls, parts, items, inputTokens, outputTokens, left }: ExtractionReport): string {
  const used = `${countOf(calls, "call")}, ${countOf(inputTokens, "token")} of questions and ${outputTokens.toLocaleString("en-US")} of answers`;
  return `${printableLine(estimate.model)}: ${countOf(items, "proposal")} in ${countOf(parts, "part")}, ${used}, ${countOf(left, "part")} left`;
}
