import type { Block } from "./block.ts";
import type { KnowledgeItem, KnowledgeKind } from "./knowledge-item.ts";

/** The rows of a table whose header says that it defines something; none when it is data. */
export function tableItems(
  { header, rows }: Block & { readonly kind: "table" },
  underHeading: KnowledgeKind,
): readonly KnowledgeItem[] {
  const titles = header.map((title) => title.replace(/[*_`]/g, "").trim().toLowerCase());
  const find = (names: readonly string[]): number => titles.findIndex((title) => names.includes(title));
  const metric = find(METRIC);
  const name = metric >= 0 ? metric : find(TERM);
  const definition = find(DEFINITION);
  const formula = find(FORMULA);
  const unit = find(UNIT);
  if (name < 0 || (definition < 0 && formula < 0)) return [];
  // Products and people have names and descriptions too.
  if (titles[name] === "name" && titles[definition] === "description" && formula < 0 && underHeading === "term")
    return [];
  const kind = metric >= 0 || formula >= 0 ? "metric" : titles[name] === "rule" ? "rule" : underHeading;
  return rows.flatMap((row): KnowledgeItem[] => {
    const term = (row[name] ?? "").replace(/[*`]/g, "").trim().slice(0, 200);
    const text = row[definition]?.trim() ?? "";
    const sql = row[formula]?.replaceAll("`", "").trim() ?? "";
    if (term === "" || (text === "" && sql === "")) return [];
    const measuredIn = row[unit]?.trim() ?? "";
    return [
      {
        kind,
        name: term,
        definition: text,
        ...(sql === "" ? {} : { sql }),
        ...(measuredIn === "" ? {} : { unit: measuredIn }),
      },
    ];
  });
}

const METRIC = ["metric", "kpi", "measure", "indicator"];
const TERM = ["term", "name", "abbreviation", "acronym", "word", "concept", "rule"];
const DEFINITION = ["definition", "meaning", "description", "explanation", "means"];
const FORMULA = ["formula", "expression", "calculation", "sql"];
const UNIT = ["unit", "units"];
