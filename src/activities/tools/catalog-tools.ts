import type * as z from "zod";
import type { Catalog } from "../../catalog/open-catalog.ts";
import type { WorkspaceData } from "../../catalog/workspace-data.ts";
import type { CatalogEntry } from "../../protocol/catalog.ts";
import { CATALOG_FIELDS, CATALOG_RELATIONS, CATALOG_TEXT_CHARS } from "../../protocol/limits/catalog.ts";
import { CATALOG_TOOL_INPUTS, CATALOG_TOOL_NAMES, type CatalogToolName } from "../../specs/tools/catalog-toolkit.ts";
import type { ToolSpec } from "../../specs/tools/tool.ts";

/** A tool of the catalog toolkit with the data it reads; undefined for any other tool. */
export function catalogTool(tool: ToolSpec | undefined, data: WorkspaceData): ToolSpec | undefined {
  const name = CATALOG_TOOL_NAMES.find((known) => known === tool?.name);
  if (tool === undefined || name === undefined) return undefined;
  return { ...tool, handler: (args, { signal }) => HANDLERS[name](args, { data, signal }) };
}

interface ToolData {
  readonly data: WorkspaceData;
  readonly signal: AbortSignal;
}

type Handler = (args: unknown, data: ToolData) => Promise<unknown>;

/** Binds a handler to what its input schema gives; the arguments were checked before, so parsing only tells their type. */
function handles<Schema extends z.ZodType>(
  schema: Schema,
  work: (args: z.output<Schema>, data: ToolData) => Promise<unknown>,
): Handler {
  return (args, data) => work(schema.parse(args), data);
}

const HANDLERS: Readonly<Record<CatalogToolName, Handler>> = {
  search_catalog: handles(CATALOG_TOOL_INPUTS.search_catalog, async ({ query, itemTypes, limit }, { data }) => {
    const catalog = await data.catalog();
    const options = { ...(itemTypes === undefined ? {} : { itemTypes }), ...(limit === undefined ? {} : { limit }) };
    return { results: await catalog.search(query, options) };
  }),
  get_catalog_entities: handles(CATALOG_TOOL_INPUTS.get_catalog_entities, async ({ ids }, { data }) => {
    const catalog = await data.catalog();
    const entries = await catalog.entries(ids);
    return { entities: entries.map(shortened), unknown: withoutKnown(ids, entries) };
  }),
  list_schema_fields: handles(
    CATALOG_TOOL_INPUTS.list_schema_fields,
    async (args, { data }) => await listFields(await data.catalog(), args),
  ),
  get_catalog_relations: handles(CATALOG_TOOL_INPUTS.get_catalog_relations, async ({ ids }, { data }) => {
    const catalog = await data.catalog();
    const [entries, edges] = [await catalog.entries(ids), await catalog.relations(ids)];
    const relations = edges.filter(({ type }) => type !== "contains");
    return {
      relations: relations.slice(0, CATALOG_RELATIONS),
      total: relations.length,
      truncated: relations.length > CATALOG_RELATIONS,
      unknown: withoutKnown(ids, entries),
    };
  }),
  get_relation_paths_between: handles(
    CATALOG_TOOL_INPUTS.get_relation_paths_between,
    async ({ from, to, throughHubs = false }, { data }) => {
      const catalog = await data.catalog();
      return await catalog.paths(from, to, { throughHubs });
    },
  ),
  sample_table_data: handles(CATALOG_TOOL_INPUTS.sample_table_data, async ({ table, schema, rows }, { data }) => {
    const name = schema === undefined ? { name: table } : { schema, name: table };
    return await data.target().sample(name, rows);
  }),
  execute_query: handles(CATALOG_TOOL_INPUTS.execute_query, async ({ sql, params, rows }, { data, signal }) => {
    return await data.target().query(sql, params, { signal, ...(rows === undefined ? {} : { rows }) });
  }),
};

interface FieldsRequest {
  readonly table: string;
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
}

async function listFields(
  catalog: Catalog,
  { table, offset = 0, limit = CATALOG_FIELDS }: FieldsRequest,
): Promise<unknown> {
  const fields = await catalog.fields(table);
  const shown = fields.slice(offset, offset + limit);
  return {
    table,
    fields: shown.map(({ id, name, content, metadata }) => ({
      id,
      name,
      ...picked(metadata),
      ...(content === "" ? {} : { description: content.slice(0, FIELD_TEXT_CHARS).toWellFormed() }),
    })),
    total: fields.length,
    truncated: offset + shown.length < fields.length,
  };
}

const FIELD_TEXT_CHARS = 300;
const FIELD_FACTS = ["dataType", "nullable", "keyRole", "semanticType", "pii", "sampleValues"] as const;

function picked(metadata: CatalogEntry["metadata"]): Partial<CatalogEntry["metadata"]> {
  return Object.fromEntries(FIELD_FACTS.flatMap((key) => (metadata[key] === undefined ? [] : [[key, metadata[key]]])));
}

function shortened(entry: CatalogEntry): CatalogEntry {
  if (entry.content.length <= CATALOG_TEXT_CHARS) return entry;
  return { ...entry, content: `${entry.content.slice(0, CATALOG_TEXT_CHARS).toWellFormed()}…` };
}

function withoutKnown(ids: readonly string[], entries: readonly CatalogEntry[]): readonly string[] {
  const known = new Set(entries.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}
