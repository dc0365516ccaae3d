import { withoutUndefined } from "../../lib/without-undefined.ts";
import type { CatalogEdge, CatalogEntry } from "../../protocol/catalog.ts";
import type { JsonObject } from "../../protocol/json.ts";
import { KNOWLEDGE_ITEMS } from "../../protocol/limits/knowledge.ts";
import type { CatalogNames, NamedEntry } from "./catalog-names.ts";
import type { DocumentToShow } from "./document-to-show.ts";
import { pathOf, provenance } from "./file-provenance.ts";
import { knowledgeEdge } from "./knowledge-edge.ts";
import type { KnowledgeItem } from "./knowledge-item.ts";
import { EXACT, type TextLink, linkText } from "./link-text.ts";

/** An item with the edges that start at it or lead to it. */
export interface ItemEntry {
  readonly entry: CatalogEntry;
  readonly edges: readonly CatalogEdge[];
}

/** The items of a document: those that its structure marks, then what models propose beyond them. */
export function itemEntries(document: DocumentToShow): readonly ItemEntry[] {
  return itemIds(document).map(([itemId, item]) => showItem(document, itemId, item));
}

/** An item, and who says that it is one. */
interface Item extends KnowledgeItem {
  readonly by?: { readonly model: string; readonly chunk: number; readonly quote: string } | undefined;
}

/** A model's proposal never replaces what the author marked, and the first one of a name counts. */
function itemsOf({ content, found }: DocumentToShow): readonly Item[] {
  const key = ({ kind, name }: Item): string => `${kind} ${name.toLowerCase()}`;
  const marked: readonly Item[] = content.items.map(withoutUndefined);
  const known = new Set(marked.map(key));
  const proposed = found.flatMap((extraction, chunk) =>
    (extraction?.items ?? []).map(({ quote, ...item }): Item => ({
      ...withoutUndefined(item),
      by: { model: extraction?.model ?? "", chunk, quote },
    })),
  );
  const added = proposed.filter((item) => {
    const isNew = !known.has(key(item));
    known.add(key(item));
    return isNew;
  });
  return [...marked, ...added].slice(0, KNOWLEDGE_ITEMS);
}

/**
 * A metric has an id of its own, which the first document that defines it gets; other items, and all that models propose, belong to
 * their document.
 */
function itemIds(document: DocumentToShow): readonly (readonly [string, Item])[] {
  const { claimed, id } = document;
  const taken = new Set<string>();
  return itemsOf(document).map((item) => {
    const slug = slugOf(item.name);
    const metricId = `metric:${slug}`;
    if (item.kind === "metric" && item.by === undefined && !claimed.has(metricId)) {
      claimed.add(metricId);
      return [metricId, item];
    }
    let itemId = `knowledge:${id}#${slug}`;
    for (let count = 2; taken.has(itemId); count++) itemId = `knowledge:${id}#${slug}-${count}`;
    taken.add(itemId);
    return [itemId, item];
  });
}

function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .normalize("NFKC")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .slice(0, 80);
  return slug.replace(/^-|-$/g, "") || "item";
}

function showItem(document: DocumentToShow, itemId: string, item: Item): ItemEntry {
  const { file, id, names } = document;
  // Nothing that rests on a proposal is surer than the proposal.
  const most = item.by === undefined ? 1 : BY_MODEL;
  const links = itemLinks(item, names);
  const definedIds = definedBy(item, names).map((entry) => entry.id);
  const isMetric = itemId.startsWith("metric:");
  const itemType = isMetric ? "metric" : "knowledge";
  const entry: CatalogEntry = {
    id: itemId,
    itemType,
    name: item.name,
    qualified_name: `${pathOf(file)}#${item.name}`,
    content: [item.definition, item.sql ?? ""].filter((part) => part !== "").join("\n\n") || item.name,
    tags: [item.kind],
    related: [],
    metadata: {
      ...provenance(file),
      kind: item.kind,
      definition: item.definition,
      document: `document:${id}`,
      ...origin(document, item),
      appliesTo: links.filter(({ confidence }) => confidence >= EXACT).map(({ to }) => to),
      ...(item.sql === undefined ? {} : { [isMetric ? "expression" : "sql"]: item.sql }),
      ...(item.unit === undefined ? {} : { unit: item.unit }),
    },
  };
  const isAuthored = item.by === undefined;
  const edges = [
    knowledgeEdge(`document:${id}`, {
      to: itemId,
      type: "defines",
      origin: isAuthored ? "authored" : "inferred",
      confidence: most,
    }),
    ...definedIds.map((to) =>
      knowledgeEdge(itemId, { to, type: "defines", origin: "inferred", confidence: Math.min(EXACT, most) }),
    ),
    ...links
      .filter(({ to }) => !definedIds.includes(to))
      .map(({ confidence, ...link }) =>
        knowledgeEdge(itemId, {
          ...link,
          type: isMetric ? "measures" : "mentions",
          origin: "inferred",
          confidence: Math.min(confidence, most),
        }),
      ),
  ];
  return { entry, edges };
}

/** What a model found is a proposal. */
const BY_MODEL = 0.5;

function origin({ id }: DocumentToShow, { by }: Item): JsonObject {
  if (by === undefined) return { extractedBy: "structure", confidence: 1 };
  const { model, chunk, quote } = by;
  return { extractedBy: "model", confidence: BY_MODEL, model, chunk: `chunk:${id}#${chunk}`, quote };
}

function itemLinks({ name, definition, sql }: Item, names: CatalogNames): readonly TextLink[] {
  const fromText = linkText(`${name}\n${definition}`, names);
  const best = new Map(fromText.map((link) => [link.to, link]));
  for (const link of sql === undefined ? [] : linkText(sql, names, "sql")) {
    if ((best.get(link.to)?.confidence ?? 0) < link.confidence) best.set(link.to, link);
  }
  return [...best.values()];
}

/** An item that bears exactly the name of a table or column says what that is. */
function definedBy({ name, kind }: Item, { tables, columns, qualified }: CatalogNames): readonly NamedEntry[] {
  if (kind === "example_query" || kind === "rule" || kind === "policy") return [];
  const key = name.toLowerCase();
  const found = qualified.get(key) ?? tables.get(key) ?? columns.get(key) ?? [];
  return found.length === 1 ? found : [];
}
