import { basename, relative, resolve } from "node:path";
import { storeUrl } from "../../catalog/catalog-source.ts";
import type { KeyValueSource } from "../../catalog/key-value/port.ts";
import type { IngestReport } from "../../catalog/knowledge/ingest-knowledge.ts";
import type { DataEnvironment } from "../../data/data-environment.ts";
import { InputError } from "../../protocol/errors.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { followIndex } from "../follow-index.ts";
import { printableLine } from "../printable.ts";
import type { Setting } from "../setting.ts";
import { DATA_SCOPE_SETTINGS } from "../settings.ts";

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
  settings: [...DATA_SCOPE_SETTINGS, LOCAL_DIR, EXTENSIONS, SOURCE],
  examples: [
    "bridle --data-environment data.json data knowledge ingest --local-dir knowledge",
    "bridle --data-environment data.json data knowledge ingest --local-dir docs --ext md,pdf",
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
  const [{ withData }, { ingestKnowledge }, { openKeyValueStore }] = await Promise.all([
    import("../open-data.ts"),
    import("../../catalog/knowledge/ingest-knowledge.ts"),
    import("../../catalog/key-value/open-key-value-store.ts"),
  ]);
  const folder = resolve(call.folder, given);
  return await withData(call, async (data) => {
    const keyValue = await openKeyValueStore(keyValueSource(data.environment), data.scope);
    try {
      const report = await ingestKnowledge({
        keyValue,
        catalog: await data.catalog(),
        folder,
        extensions: valueOf(call, EXTENSIONS) ?? ["md", "txt", "html", "csv", "pdf"],
        source: valueOf(call, SOURCE) ?? sourceName(call.folder, folder),
        onProgress: ({ step, done, total }) =>
          call.output.advance({ done, total, message: step === "read" ? "files read" : "documents shown" }),
      });
      await followIndex(call, data, report.catalog.written + report.catalog.removed);
      tell(call, report);
      return EXIT.ok;
    } finally {
      await keyValue.close();
    }
  });
}

function keyValueSource({ kv }: DataEnvironment): KeyValueSource | undefined {
  return kv === null ? undefined : { kind: kv.kind, url: storeUrl(kv), ensureSchema: kv.ensureSchema };
}

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

function text({ files, skipped, documents, chunks, items, links, catalog, source }: IngestReport): string {
  return [
    `${printableLine(source)}: ${files.read} files read, ${files.unchanged} unchanged, ${files.removed.length} removed, ${skipped.length} skipped`,
    `the catalog shows ${documents} documents in ${chunks} parts, ${items} terms, metrics, rules and queries, and ${links} links`,
    `${catalog.written} entries written, ${catalog.unchanged} unchanged, ${catalog.removed} removed`,
  ].join("\n");
}
