import { isAbsolute, resolve } from "node:path";
import type { CatalogLocation, DataEnvironment, DurableLocation, TargetLocation } from "./data-environment.ts";
import type { DescriptorShape } from "./data-environment-schema.ts";
import { type DescriptorIssue, describeReceived, describeUrl, wrongKey } from "./data-environment-issue.ts";
import { DATABASE_URL_PHRASE, type DatabaseLocation, parseDatabaseUrl } from "./database-url.ts";

/** What URLs and paths of a descriptor are resolved with. */
export interface ResolveContext {
  readonly source: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

/** A resolved descriptor; it may be used only when there are no issues. */
export interface ResolvedDescriptor {
  readonly environment: DataEnvironment;
  readonly issues: readonly DescriptorIssue[];
}

/** Reads URLs and variables, resolves paths, and lets the shorthand and the long form of the target agree. */
export function resolveDescriptor(shape: DescriptorShape, context: ResolveContext): ResolvedDescriptor {
  const issues: DescriptorIssue[] = [];
  const at: At = { ...context, issues };
  const search = shape.catalog_search;
  const environment: DataEnvironment = {
    source: context.source,
    tenantId: shape.tenant_id ?? null,
    workspaceId: shape.workspace_id ?? "default",
    kv: shape.kv === undefined ? null : durable("kv", shape.kv, at),
    targetDatabase: target(shape, at),
    catalog: shape.catalog === undefined ? null : catalog(shape.catalog, at),
    catalogSearch:
      search === undefined
        ? null
        : {
            indexPath: isAbsolute(search.index_path) ? search.index_path : resolve(context.folder, search.index_path),
            rebuildOnStart: search.rebuild_on_start ?? false,
            writeThrough: search.write_through ?? false,
          },
  };
  keepOffTarget(environment, shape, at);
  return { environment, issues };
}

type TargetShape = NonNullable<DescriptorShape["target_database"]>;
type StoreShape = NonNullable<DescriptorShape["kv"]>;
type Path = readonly PropertyKey[];
type At = ResolveContext & { readonly issues: DescriptorIssue[] };

/** What Bridle writes must not be the file of the customer's, whatever name was meant. */
function keepOffTarget({ targetDatabase, ...written }: DataEnvironment, shape: DescriptorShape, at: At): void {
  if (targetDatabase?.kind !== "sqlite") return;
  const urlKey = (store: { readonly url?: string | undefined } | undefined): string =>
    store?.url === undefined ? "url_env" : "url";
  const files: readonly (readonly [Path, string | undefined])[] = [
    [["kv", urlKey(shape.kv)], fileOf(written.kv)],
    [["catalog", urlKey(shape.catalog?.kind === "sqlite" ? shape.catalog : undefined)], fileOf(written.catalog)],
    [["catalog_search", "index_path"], written.catalogSearch?.indexPath],
  ];
  for (const [path, file] of files)
    if (file !== undefined && resolve(file) === resolve(targetDatabase.path))
      at.issues.push(wrongKey(path, "another file than that of the target database", "the same, which is only read"));
}

function fileOf(location: CatalogLocation | null): string | undefined {
  return location?.kind === "sqlite" ? location.path : undefined;
}

function catalog(shape: NonNullable<DescriptorShape["catalog"]>, at: At): CatalogLocation | null {
  if (shape.kind === "empty") return { kind: "empty" };
  return shape.kind === "inline"
    ? { kind: "inline", entries: uniqueEntries(shape.entries, at) }
    : durable("catalog", shape, at);
}

function uniqueEntries<Entry extends { readonly id: string }>(entries: readonly Entry[], at: At): readonly Entry[] {
  const first = new Map<string, number>();
  for (const [index, { id }] of entries.entries()) {
    const before = first.get(id);
    if (before === undefined) first.set(id, index);
    else
      at.issues.push(
        wrongKey(
          ["catalog", "entries", index, "id"],
          `another id than catalog.entries[${before}] has`,
          describeReceived(id),
        ),
      );
  }
  return entries;
}

function durable(key: string, shape: StoreShape, at: At): DurableLocation | null {
  const location = locate([key], shape, at);
  return location === null ? null : { ...location, ensureSchema: shape.ensure_schema ?? true };
}

function target(shape: DescriptorShape, at: At): TargetLocation | null {
  const long =
    shape.target_database === undefined ? null : targetLocation(["target_database"], shape.target_database, at);
  const { target_database_url: url, target_database_schema: schema } = shape;
  if (url === undefined) {
    if (schema !== undefined) agreeOnSchema(schema, { isDescribed: shape.target_database !== undefined, long }, at);
    return long;
  }
  const short = shorthand(url, schema, at);
  if (shape.target_database === undefined || short === null || long === null) return short ?? long;
  if (!isSamePlace(short, long))
    at.issues.push(wrongKey(["target_database_url"], "the same database as target_database", "another one"));
  else if (schema !== undefined && short.schema !== long.schema)
    at.issues.push(
      wrongKey(
        ["target_database_schema"],
        `the schema of target_database (${describeReceived(long.schema)})`,
        describeReceived(short.schema),
      ),
    );
  return long;
}

function agreeOnSchema(
  schema: string,
  { isDescribed, long }: { readonly isDescribed: boolean; readonly long: TargetLocation | null },
  at: At,
): void {
  const path = ["target_database_schema"];
  if (!isDescribed)
    at.issues.push(wrongKey(path, "left out, or accompanied by target_database_url", describeReceived(schema)));
  else if (long !== null && !sameSchema(long, schema))
    at.issues.push(
      wrongKey(path, `the schema of target_database (${describeReceived(long.schema)})`, describeReceived(schema)),
    );
}

function shorthand(url: string, schema: string | undefined, at: At): TargetLocation | null {
  const location = parseDatabaseUrl(url, at.folder);
  if (location !== undefined) return withSchema(location, { path: ["target_database_schema"], name: schema }, at);
  at.issues.push(wrongKey(["target_database_url"], DATABASE_URL_PHRASE, describeUrl(url)));
  return null;
}

function targetLocation(path: Path, shape: TargetShape, at: At): TargetLocation | null {
  const location = locate(path, shape, at);
  return location === null ? null : withSchema(location, { path: [...path, "schema"], name: shape.schema }, at);
}

function withSchema(
  location: DatabaseLocation,
  { path, name: schema }: { readonly path: Path; readonly name: string | undefined },
  at: At,
): TargetLocation | null {
  if (location.kind === "postgres") {
    if (schema !== undefined && location.schema !== null && schema !== location.schema)
      at.issues.push(
        wrongKey(path, `the schema of the URL (${describeReceived(location.schema)})`, describeReceived(schema)),
      );
    return { ...location, schema: schema ?? location.schema ?? "public" };
  }
  const found: TargetLocation = { ...location, schema: "main" };
  if (schema === undefined || sameSchema(found, schema)) return found;
  at.issues.push(
    wrongKey(path, 'left out, or "main", which is the schema of every SQLite file', describeReceived(schema)),
  );
  return null;
}

/** The default of Postgres is taken for the default of SQLite, so that one descriptor serves both. */
function sameSchema(location: TargetLocation, schema: string): boolean {
  return location.kind === "sqlite" ? ["main", "public"].includes(schema) : location.schema === schema;
}

function isSamePlace(one: TargetLocation, other: TargetLocation): boolean {
  if (one.kind === "sqlite") return other.kind === "sqlite" && one.path === other.path;
  return other.kind === "postgres" && new URL(one.url).href === new URL(other.url).href;
}

function locate(path: Path, shape: Pick<StoreShape, "kind" | "url" | "url_env">, at: At): DatabaseLocation | null {
  if ((shape.url === undefined) === (shape.url_env === undefined)) {
    const received = shape.url === undefined ? "neither" : "both";
    at.issues.push(wrongKey(path, "an object with either url or url_env", received));
    return null;
  }
  const key = shape.url === undefined ? "url_env" : "url";
  const url = shape.url ?? at.env[shape.url_env ?? ""];
  if (url === undefined || url.trim() === "") {
    const expected = "the name of an environment variable that holds a URL";
    at.issues.push({
      ...wrongKey(
        [...path, key],
        expected,
        `${describeReceived(shape.url_env)}, which is ${url === undefined ? "not set" : "empty"}`,
      ),
      hint: `Set the environment variable ${String(shape.url_env)}.`,
    });
    return null;
  }
  const location = parseDatabaseUrl(url.trim(), at.folder);
  if (location?.kind === shape.kind) return location;
  const expected = location === undefined ? DATABASE_URL_PHRASE : `a URL of kind "${shape.kind}"`;
  at.issues.push(
    wrongKey([...path, key], key === "url" ? expected : `a variable that holds ${expected}`, describeUrl(url)),
  );
  return null;
}
