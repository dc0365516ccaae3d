import type { CatalogHit } from "../../catalog/search/search-hit.ts";
import { ItemType } from "../../protocol/catalog.ts";
import { CATALOG_HITS, MAX_CATALOG_HITS } from "../../protocol/limits/catalog.ts";
import type { Page } from "../../protocol/run.ts";
import { type CommandCall, type CommandSpec, valueOf } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { printableLine } from "../output/printable.ts";
import { tellPage } from "../output/tell-page.ts";
import type { Setting } from "../settings/setting.ts";
import { wholeNumber } from "../settings/setting-kinds.ts";
import { DATA_SCOPE_SETTINGS } from "../settings/settings.ts";

const LIMIT = wholeNumber("--limit <number>", `at most this many (${CATALOG_HITS}, up to ${MAX_CATALOG_HITS})`, [
  1,
  MAX_CATALOG_HITS,
]);
const AFTER = wholeNumber("--after <token>", "the `next` of the page before", [0, MAX_CATALOG_HITS]);

const ITEM_TYPES: Setting<readonly ItemType[]> = {
  flags: "--item-types <types>",
  description: `only these, separated by commas: ${ItemType.options.join(", ")} (all but column)`,
  expected: `one or more of ${ItemType.options.join(", ")}, separated by commas`,
  parse: (value) =>
    ItemType.array()
      .min(1)
      .safeParse(value.split(",").map((name) => name.trim())).data,
};

/** `bridle data catalog search`: what an agent's `search_catalog` finds, for people and scripts. */
export const DATA_CATALOG_SEARCH: CommandSpec = {
  name: "data catalog search",
  summary: "find tables, columns, documents and terms in the catalog, the best first",
  argument: { name: "text", description: "words, or a question" },
  settings: [...DATA_SCOPE_SETTINGS, LIMIT, AFTER, ITEM_TYPES],
  examples: [
    'bridle --data-environment data.json data catalog search "who ordered what"',
    "bridle --data-environment data.json data catalog search price --item-types column --limit 50 --json",
  ],
  run,
};

async function run(call: CommandCall): Promise<ExitCode> {
  const [{ withData }, { withCatalogSearch }] = await Promise.all([
    import("../open/open-data.ts"),
    import("../open/catalog-search.ts"),
  ]);
  const after = valueOf(call, AFTER) ?? 0;
  const end = Math.min(after + (valueOf(call, LIMIT) ?? CATALOG_HITS), MAX_CATALOG_HITS);
  const itemTypes = valueOf(call, ITEM_TYPES);
  // One more says whether there is another page.
  const options = { limit: Math.min(end + 1, MAX_CATALOG_HITS), ...(itemTypes === undefined ? {} : { itemTypes }) };
  return await withData(call, async (data) => {
    const hits = await withCatalogSearch(data, ({ search }) => search.search(call.argument, options));
    const page: Page<CatalogHit> = { items: hits.slice(after, end), next: hits.length > end ? String(end) : null };
    tellPage(call.output, page, { header: HEADER, rows: page.items.map(cells), whenEmpty: "nothing was found" });
    return EXIT.ok;
  });
}

const HEADER = ["SCORE", "TYPE", "NAME", "FOUND", "TEXT"];
const TEXT_CHARS = 60;

/** Names and texts are the database's and its documents': they cannot move the cursor. */
function cells({ score, itemType, qualifiedName, why, snippet }: CatalogHit): readonly string[] {
  const found = why.map(({ field, words }) => `${field}: ${words.join(" ")}`).join("; ");
  const text = snippet.length > TEXT_CHARS ? `${snippet.slice(0, TEXT_CHARS)}…` : snippet;
  return [score.toFixed(3), itemType, printableLine(qualifiedName), printableLine(found), printableLine(text)];
}
