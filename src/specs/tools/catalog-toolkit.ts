import * as z from "zod";
import { ItemType } from "../../protocol/catalog.ts";
import { InternalError } from "../../protocol/errors.ts";
import { Json } from "../../protocol/json.ts";
import { CATALOG_FIELDS, CATALOG_IDS, MAX_CATALOG_HITS } from "../../protocol/limits/catalog.ts";
import { TOOL_QUERY_ROWS } from "../../protocol/limits/query.ts";
import { type SchemaSource } from "../schemas/input-schema.ts";
import { type ToolSpec, defineTool } from "./tool.ts";

/** The toolkit over a workspace's catalog and its database. */
export const CATALOG_TOOLKIT = "catalog";

/** The names of its tools. */
export const CATALOG_TOOL_NAMES = [
  "search_catalog",
  "get_catalog_entities",
  "list_schema_fields",
  "get_catalog_relations",
  "get_relation_paths_between",
  "sample_table_data",
  "execute_query",
] as const;
export type CatalogToolName = (typeof CATALOG_TOOL_NAMES)[number];

const ids = z.array(z.string().min(1)).min(1).max(CATALOG_IDS).describe("Ids that search_catalog gave.");

/** What each tool takes. */
export const CATALOG_TOOL_INPUTS = {
  search_catalog: z.strictObject({
    query: z.string().describe("What is looked for, in words."),
    itemTypes: z.array(ItemType).min(1).optional().describe("Only these; everything but columns when left out."),
    limit: z.int().min(1).max(MAX_CATALOG_HITS).optional(),
  }),
  get_catalog_entities: z.strictObject({ ids }),
  list_schema_fields: z.strictObject({
    table: z.string().min(1).describe("Id of the table."),
    offset: z.int().min(0).optional(),
    limit: z.int().min(1).max(CATALOG_FIELDS).optional(),
  }),
  get_catalog_relations: z.strictObject({ ids }),
  get_relation_paths_between: z.strictObject({
    from: z.string().min(1).describe("Id of a table."),
    to: z.string().min(1).describe("Id of another table."),
    throughHubs: z.boolean().optional().describe("Also through tables that join with very many others."),
  }),
  sample_table_data: z.strictObject({
    table: z.string().min(1).describe("Name of a table or view, as it is."),
    schema: z.string().min(1).optional(),
    rows: z.int().min(1).max(TOOL_QUERY_ROWS).optional(),
  }),
  execute_query: z.strictObject({
    sql: z.string().min(1).describe("One SELECT or WITH."),
    params: z.array(Json).optional(),
    rows: z.int().min(1).max(TOOL_QUERY_ROWS).optional(),
  }),
} as const satisfies Readonly<Record<CatalogToolName, SchemaSource>>;

const DESCRIPTIONS: Readonly<Record<CatalogToolName, string>> = {
  search_catalog:
    "Find tables, documents and terms by what they mean. Gives ids, why they matched, and the columns that fit best.",
  get_catalog_entities: "Read entries of the catalog in full by id: descriptions, statistics, definitions.",
  list_schema_fields: "List the columns of a table in order, with type, key role and description.",
  get_catalog_relations: "List what is related to entries: foreign keys, inferred joins, lineage, documents.",
  get_relation_paths_between: "Find how two tables can be joined, with join columns and fan-out warnings.",
  sample_table_data: "Look at the first rows of a table or view.",
  execute_query: "Run one read-only SELECT or WITH on the database. Says when rows were cut.",
};

/** The tools as agents bind them. What they do is bound where the data is, in the worker. */
export function catalogTools(names: readonly string[]): readonly ToolSpec[] {
  return CATALOG_TOOL_NAMES.filter((name) => names.includes(name)).map((name) =>
    defineTool({
      name,
      description: DESCRIPTIONS[name],
      input: CATALOG_TOOL_INPUTS[name],
      handler: () => {
        throw new InternalError(`the tool "${name}" was called without its data`);
      },
    }),
  );
}
