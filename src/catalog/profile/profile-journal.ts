import * as z from "zod";
import { stableJson } from "../../lib/stable-json.ts";
import type { TableDescription } from "../../data/profile/description.ts";
import type { CatalogEdge, CatalogEntry } from "../../protocol/catalog.ts";
import { PROFILE_RESUME_MS } from "../../protocol/limits/profile.ts";
import type { CatalogStore } from "../port.ts";
import { entryIdOf } from "./entry-id.ts";

/** What a journal writes to, and the run it is of. */
export interface JournalSetup {
  readonly catalog: CatalogStore;
  readonly databaseId: string;
  readonly planHash: string;
  readonly now: () => string;
}

/** Where a run stands, in the metadata of the database's entry. */
const RunMark = z.object({
  profileRun: z.object({ status: z.enum(["running", "complete"]), planHash: z.string(), startedAt: z.iso.datetime() }),
});

const Found = z.object({ contentHash: z.string(), profiledAt: z.string(), status: z.string() });

/**
 * Writes what a run finds, and only what differs from what is there. The first write marks the run as begun in the same
 * transaction, so that the next one with the same plan can tell what this one had finished.
 */
export class ProfileJournal {
  readonly isResumed: boolean;
  entriesWritten = 0;
  readonly #setup: JournalSetup;
  readonly #startedAt: string;
  #isMarked: boolean;

  private constructor(setup: JournalSetup, resumedFrom: string | null) {
    this.#setup = setup;
    this.isResumed = resumedFrom !== null;
    this.#isMarked = this.isResumed;
    this.#startedAt = resumedFrom ?? setup.now();
  }

  static async open(setup: JournalSetup): Promise<ProfileJournal> {
    const [database] = await setup.catalog.entries([entryIdOf([setup.databaseId])]);
    const run = RunMark.safeParse(database?.metadata).data?.profileRun;
    const isOurs = run?.status === "running" && run.planHash === setup.planHash;
    const age = run === undefined ? Infinity : Date.parse(setup.now()) - Date.parse(run.startedAt);
    return new ProfileJournal(setup, isOurs && age >= 0 && age < PROFILE_RESUME_MS ? run.startedAt : null);
  }

  /** Whether the run that is being resumed had written this table. */
  async has({ schema, name }: TableDescription): Promise<boolean> {
    if (!this.isResumed) return false;
    const [entry] = await this.#setup.catalog.entries([entryIdOf([this.#setup.databaseId, schema, name])]);
    const found = Found.safeParse(entry?.metadata).data;
    return found?.status === "active" && found.profiledAt >= this.#startedAt;
  }

  /** Writes a table with its columns and what the database declares of it; says whether anything was different. */
  async write(entries: readonly CatalogEntry[], edges: readonly CatalogEdge[]): Promise<boolean> {
    const [first] = entries;
    if (first === undefined) return false;
    const changed = await this.#changed(entries);
    const hasNewEdges = await this.#differ(first.id, edges, "declared");
    if (changed.length === 0 && !hasNewEdges) return false;
    const mark = await this.#mark();
    const { written } = await this.#setup.catalog.upsert({
      // A table whose column changed is written too: its time says up to where a run has come.
      entries: changed.some(({ id }) => id === first.id) ? [...mark, ...changed] : [...mark, first, ...changed],
      edges,
      replaceEdges: { from: [first.id], origins: ["declared"] },
    });
    this.#isMarked = true;
    this.entriesWritten += written;
    return true;
  }

  /** Writes what a table's inferred relations are now. */
  async writeInferred(from: string, edges: readonly CatalogEdge[]): Promise<void> {
    if (!(await this.#differ(from, edges, "inferred"))) return;
    await this.#setup.catalog.upsert({ entries: [], edges, replaceEdges: { from: [from], origins: ["inferred"] } });
  }

  /** Writes the last entries of a run: with them it is complete. Without a change nothing is written. */
  async complete(database: CatalogEntry, others: readonly CatalogEntry[]): Promise<void> {
    const changed = await this.#changed([database, ...others]);
    if (changed.length === 0 && !this.#isMarked) return;
    const rest = changed.filter(({ id }) => id !== database.id);
    const [before] = await this.#setup.catalog.entries([database.id]);
    const entry = changed.find(({ id }) => id === database.id) ?? before ?? database;
    const { written } = await this.#setup.catalog.upsert({ entries: [...rest, this.#stand(entry, "complete")] });
    this.entriesWritten += written;
  }

  async #changed(entries: readonly CatalogEntry[]): Promise<readonly CatalogEntry[]> {
    const known = new Map(
      (await this.#setup.catalog.entries(entries.map(({ id }) => id))).map((entry) => [entry.id, entry]),
    );
    return entries.flatMap((entry) => {
      const before = known.get(entry.id);
      if (before === undefined) return [entry];
      if (before.metadata["contentHash"] === entry.metadata["contentHash"]) return [];
      // What people added to an entry outlives the profile.
      return [
        {
          ...entry,
          content: entry.content === "" ? before.content : entry.content,
          tags: before.tags,
          related: before.related,
        },
      ];
    });
  }

  async #differ(from: string, edges: readonly CatalogEdge[], origin: CatalogEdge["origin"]): Promise<boolean> {
    const all = await this.#setup.catalog.edges([from]);
    const before = all.filter((edge) => edge.from === from && edge.origin === origin);
    const texts = (list: readonly CatalogEdge[]): string =>
      list
        .map(stableJson)
        .sort((a, b) => (a < b ? -1 : 1))
        .join("\n");
    return texts(before) !== texts(edges);
  }

  async #mark(): Promise<readonly CatalogEntry[]> {
    if (this.#isMarked) return [];
    const { catalog, databaseId } = this.#setup;
    const [before] = await catalog.entries([entryIdOf([databaseId])]);
    const fresh: CatalogEntry = {
      id: entryIdOf([databaseId]),
      itemType: "database",
      name: databaseId,
      qualified_name: databaseId,
      content: "",
      tags: [],
      related: [],
      metadata: { databaseId, source: "profile", status: "active" },
    };
    return [this.#stand(before ?? fresh, "running")];
  }

  #stand(entry: CatalogEntry, status: "running" | "complete"): CatalogEntry {
    const profileRun = { status, planHash: this.#setup.planHash, startedAt: this.#startedAt };
    return { ...entry, metadata: { ...entry.metadata, profileRun } };
  }
}
