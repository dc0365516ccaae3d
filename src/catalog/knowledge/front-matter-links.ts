import type { JsonObject } from "../../protocol/json.ts";
import type { CatalogNames } from "./catalog-names.ts";

/** What the author of a document says it is about. */
export interface AuthoredLinks {
  readonly ids: readonly string[];
  /** Names that are no table or column of the catalog, or of several. */
  readonly unknown: readonly string[];
}

/** The tables and columns that front matter lists under `tables` and `columns`, by id, qualified name or name. */
export function frontMatterLinks(frontMatter: JsonObject, names: CatalogNames): AuthoredLinks {
  const ids = new Set<string>();
  const unknown: string[] = [];
  for (const [key, byName] of [
    ["tables", names.tables],
    ["columns", names.columns],
  ] as const) {
    for (const name of textList(frontMatter[key])) {
      const form = name.toLowerCase();
      const found = names.ids.has(name) ? [{ id: name }] : (names.qualified.get(form) ?? byName.get(form) ?? []);
      const [first, ...others] = found;
      if (first === undefined || others.length > 0) unknown.push(name.slice(0, 200));
      else ids.add(first.id);
    }
  }
  return { ids: [...ids], unknown };
}

/** A list of names, which people write as a list or with commas. */
export function textList(value: unknown): readonly string[] {
  const items: readonly unknown[] = typeof value === "string" ? value.split(",") : Array.isArray(value) ? value : [];
  const names = items.filter((item) => typeof item === "string").map((item) => item.trim());
  return [...new Set(names.filter((name) => name !== ""))].slice(0, MOST_NAMES);
}

const MOST_NAMES = 100;
