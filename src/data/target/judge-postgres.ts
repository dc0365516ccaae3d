import type { QueryRefusal } from "../port.ts";
import type { PostgresCatalog } from "./postgres-catalog.ts";
import type { PostgresNames } from "./postgres-syntax.ts";
import { notAllowed } from "./refusal.ts";

/** What names are judged by. */
export interface PostgresRules {
  readonly catalog: PostgresCatalog;
  /** Where unqualified names are looked up after pg_catalog. */
  readonly schema: string;
}

/** The first name of a query that reaches beyond reading the target's own data; null when there is none. */
export function judgePostgresNames(names: PostgresNames, rules: PostgresRules): QueryRefusal | null {
  for (const name of names.functions)
    if (!isOpenFunction(name, rules)) return notAllowed(`the function ${name.join(".")}`, WHY);
  for (const name of names.settings)
    if (name === null || !OPEN_SETTINGS.has(name.toLowerCase()))
      return notAllowed("current_setting of this setting", "it shows how the server is set up");
  for (const name of names.operators)
    if ((name.length > 1 && name[0] !== "pg_catalog") || rules.catalog.forbiddenOperators.has(name.at(-1) ?? ""))
      return notAllowed(`the operator ${name.join(".")}`, WHY);
  for (const name of names.types)
    if (rules.catalog.forbiddenTypes.has(name.at(-1) ?? "")) return notAllowed(`the type ${name.join(".")}`, WHY);
  for (const field of names.attributes)
    if (rules.catalog.attributeNames.has(field))
      return notAllowed(`the notation (…).${field}`, `it may call a function. ${WHY}`);
  for (const field of names.fields)
    if (rules.catalog.attributeNames.has(field) && !rules.catalog.columns.has(field))
      return notAllowed(`the name ${field}`, `it may call a function. ${WHY}`);
  return judgeRelations(names, rules);
}

/** The views among a query's relations, whose definitions must be judged as the query itself is. */
export function viewsOf(names: PostgresNames, { catalog, schema }: PostgresRules): readonly number[] {
  return names.relations.flatMap(
    (relation) => catalog.views.get(`${relation.schema ?? schema}.${relation.name}`) ?? [],
  );
}

const WHY = "only functions that compute, or read what the login may read, can be called";
const OPEN_SETTINGS = new Set([
  "datestyle",
  "intervalstyle",
  "lc_collate",
  "lc_monetary",
  "lc_numeric",
  "lc_time",
  "search_path",
  "server_encoding",
  "server_version",
  "server_version_num",
  "standard_conforming_strings",
  "statement_timeout",
  "timezone",
  "transaction_read_only",
]);

function isOpenFunction(name: readonly string[], { catalog, schema }: PostgresRules): boolean {
  const [last = ""] = name.slice(-1);
  const written = name.at(-2);
  if (last.startsWith("tablesample ")) return ["tablesample system", "tablesample bernoulli"].includes(last);
  if (written === "pg_catalog") return catalog.builtins.has(last);
  if (written !== undefined) return catalog.openFunctions.has(`${written}.${last}`);
  const own = `${schema}.${last}`;
  // One of the schema's own could take the call from the server's.
  if (catalog.functions.has(own))
    return catalog.openFunctions.has(own) && !(catalog.forbiddenNames.has(last) && !catalog.builtins.has(last));
  return catalog.builtins.has(last);
}

function judgeRelations(names: PostgresNames, { catalog, schema }: PostgresRules): QueryRefusal | null {
  for (const relation of names.relations) {
    const said = relation.schema === null ? relation.name : `${relation.schema}.${relation.name}`;
    const isSystem =
      relation.schema === null || relation.schema === "pg_catalog" || relation.schema === "information_schema";
    if ((isSystem && isSecret(relation.name)) || /^pg_(?:toast|temp)/.test(relation.schema ?? ""))
      return notAllowed(`the relation ${said}`, "it shows secrets, settings or sessions of the server");
    if (relation.name.startsWith("pg_stat_statements"))
      return notAllowed(`the relation ${said}`, "it shows what others asked");
    if (catalog.foreignTables.has(`${relation.schema ?? schema}.${relation.name}`))
      return notAllowed(`the foreign table ${said}`, "it, or a partition of it, reaches outside this database");
  }
  return null;
}

/** Beside the views of the standard, information_schema has some of the server's own, with every option of a login abroad. */
function isSecret(name: string): boolean {
  return SECRET_RELATIONS.has(name) || /^_pg_(?:foreign|user_mapping)/.test(name);
}

const SECRET_RELATIONS = new Set([
  "pg_authid",
  "pg_backend_memory_contexts",
  "pg_config",
  "pg_db_role_setting",
  "pg_file_settings",
  "pg_foreign_server",
  "pg_hba_file_rules",
  "pg_ident_file_mappings",
  "pg_largeobject",
  "pg_largeobject_metadata",
  "pg_prepared_statements",
  "pg_prepared_xacts",
  "pg_replication_origin_status",
  "pg_replication_slots",
  "pg_settings",
  "pg_shadow",
  "pg_shmem_allocations",
  "pg_stat_activity",
  "pg_stat_gssapi",
  "pg_stat_replication",
  "pg_stat_ssl",
  "pg_stat_subscription",
  "pg_stat_wal_receiver",
  "pg_statistic",
  "pg_statistic_ext_data",
  "pg_subscription",
  "pg_user_mapping",
  "pg_user_mappings",
  "foreign_server_options",
  "user_mapping_options",
  "foreign_servers",
  "foreign_data_wrapper_options",
]);
