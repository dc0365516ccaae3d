import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { InputError, StateError } from "../../protocol/errors.ts";
import type { KeyValueStore } from "../key-value/port.ts";
import type { CatalogStore } from "../port.ts";
import { type ExtractionModel, type ExtractionReport, extractWithModel } from "./extraction/extract-with-model.ts";
import { readContent } from "./read-content.ts";
import { type ReportProgress, type ShownKnowledge, projectKnowledge } from "./project-knowledge.ts";
import { MEDIA_TYPES } from "./read-document.ts";
import { removeUnused } from "./remove-unused.ts";
import { FILE_PREFIX, type StoredFile, contentKey, fileKey } from "./stored-document.ts";
import { eachFile } from "./stored-values.ts";
import { type Skipped, walkFolder } from "./walk-folder.ts";

/** What to ingest, and into what. */
export interface IngestOptions {
  readonly keyValue: KeyValueStore;
  readonly catalog: CatalogStore;
  readonly folder: string;
  readonly extensions: readonly string[];
  /** Names the folder, so that the same one is known again wherever it is and another one's documents stay. */
  readonly source: string;
  /** Finds items that structure does not show; nothing is asked of a model without it. */
  readonly extractWith?: ExtractionModel;
  /** Ends it between two files or during a call; what was read until then is not read again. */
  readonly signal?: AbortSignal;
  readonly onProgress?: ReportProgress;
}

/** What an ingestion did. */
export interface IngestReport extends ShownKnowledge {
  readonly namespace: string;
  readonly source: string;
  readonly files: { readonly read: number; readonly unchanged: number; readonly removed: readonly string[] };
  readonly skipped: readonly Skipped[];
  /** Null when no model was asked for. */
  readonly extraction: ExtractionReport | null;
}

/**
 * Brings the documents of a folder into the key-value store and shows everything that store holds in the catalog. Both steps write what
 * differs and nothing else, so that an interrupted ingestion is simply run again, and an unchanged folder changes nothing.
 */
export async function ingestKnowledge(options: IngestOptions): Promise<IngestReport> {
  const { catalog, keyValue, folder, source } = options;
  if (!catalog.isWritable) throw readOnlyCatalog();
  const found = await walkFolder(folder, checkedExtensions(options.extensions));
  const known = await storedFiles(keyValue, source);
  const skipped = [...found.skipped];
  let [read, unchanged] = [0, 0];
  for (const [index, path] of found.paths.entries()) {
    options.signal?.throwIfAborted();
    const content = await readContent(found.root, path, keyValue);
    if (content.kind === "skipped") skipped.push({ path, reason: content.reason });
    else if (known.get(path) === content.id && content.value === undefined) unchanged++;
    else {
      const file: StoredFile = { source, path, content: content.id };
      const values = [{ key: fileKey(source, path), value: JSON.stringify(file) }];
      if (content.value !== undefined)
        values.unshift({ key: contentKey(content.id), value: JSON.stringify(content.value) });
      await keyValue.put(values);
      read++;
    }
    options.onProgress?.({ step: "read", done: index + 1, total: found.paths.length });
  }
  skipped.sort((a, b) => (a.path < b.path ? -1 : 1));
  const present = new Set(found.paths);
  const removed = await vanished(
    found.root,
    [...known.keys()].filter((path) => !present.has(path)),
  );
  await keyValue.remove(removed.map((path) => fileKey(source, path)));
  await removeUnused(keyValue);
  const extraction = await extract(options);
  options.signal?.throwIfAborted();
  const shown = await projectKnowledge(keyValue, catalog, options.onProgress);
  return { namespace: keyValue.namespace, source, files: { read, unchanged, removed }, skipped, extraction, ...shown };
}

function readOnlyCatalog(): StateError {
  return new StateError(
    "CATALOG_READ_ONLY",
    "knowledge needs a catalog that can be written; this one is inline or empty",
    {
      hint: 'use a catalog of kind sqlite or postgres, for example {"kind": "sqlite", "url": "sqlite:.bridle/catalog.db", "ensure_schema": true}',
    },
  );
}

function checkedExtensions(extensions: readonly string[]): ReadonlySet<string> {
  const unknown = extensions.find((extension) => !MEDIA_TYPES.has(extension));
  if (unknown === undefined && extensions.length > 0) return new Set(extensions);
  const expected = [...MEDIA_TYPES.keys()].join(", ");
  throw new InputError(
    "INPUT_INVALID",
    `extensions must be some of ${expected}; received ${JSON.stringify(unknown ?? "")}.`,
    {
      hint: "For example --ext md,txt,html,csv,pdf.",
    },
  );
}

/** Which content each path of a source had; keys of a source inside this one begin alike. */
async function storedFiles(keyValue: KeyValueStore, source: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for await (const file of eachFile(keyValue, `${FILE_PREFIX}${source}/`))
    if (file.source === source) files.set(file.path, file.content);
  return files;
}

/** Of the paths that were not found again, those that are gone; one that only cannot be read now, or was not asked for, stays. */
async function vanished(root: string, paths: readonly string[]): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const path of paths) {
    const status = await lstat(join(root, path)).catch((error: unknown) => error);
    const code = status instanceof Error && "code" in status ? status.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") gone.push(path);
  }
  return gone;
}

/** Asks about every content of the folder, also about those that were read before. */
async function extract(options: IngestOptions): Promise<ExtractionReport | null> {
  const { keyValue, source, extractWith, signal, onProgress } = options;
  if (extractWith === undefined) return null;
  const files = await storedFiles(keyValue, source);
  return await extractWithModel(
    {
      keyValue,
      contents: new Set(files.values()),
      signal,
      onProgress: (done, total) => onProgress?.({ step: "ask", done, total }),
    },
    extractWith,
  );
}
