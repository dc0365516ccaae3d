import { isAbsolute, resolve } from "node:path";

/** Where a database is, as the drivers take it. A Postgres URL may hold a password: show `label`, never `url`. */
export type DatabaseLocation =
  | { readonly kind: "sqlite"; readonly path: string; readonly label: string }
  | { readonly kind: "postgres"; readonly url: string; readonly schema: string | null; readonly label: string };

/** What a URL must look like, for messages. */
export const DATABASE_URL_PHRASE = "a URL that begins with sqlite: and a path, or with postgres:// and a host";

/**
 * Reads `sqlite:path` (relative to the folder) or `postgres://user:password@host/database?schema=name`; undefined when it is
 * neither. The schema is taken out of a Postgres URL, because no driver knows that parameter.
 */
export function parseDatabaseUrl(url: string, folder: string): DatabaseLocation | undefined {
  const scheme = databaseScheme(url);
  if (scheme === "sqlite") return sqliteLocation(url.slice("sqlite:".length), folder);
  if (scheme !== "postgres" || !/^postgres(?:ql)?:\/\/\S+$/.test(url) || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  const schema = parsed.searchParams.get("schema");
  parsed.searchParams.delete("schema");
  const label = `postgres://${parsed.host}${parsed.pathname}`;
  return { kind: "postgres", url: schema === null ? url : parsed.href, schema, label };
}

/** The kind of database that a URL's scheme names. */
function databaseScheme(url: string): "sqlite" | "postgres" | undefined {
  if (url.startsWith("sqlite:")) return "sqlite";
  return url.startsWith("postgres:") || url.startsWith("postgresql:") ? "postgres" : undefined;
}

/** `sqlite:a`, `sqlite:/a` and `sqlite:///a`; two slashes alone would make the first folder a host. */
function sqliteLocation(rest: string, folder: string): DatabaseLocation | undefined {
  const path = rest.replace(/^\/\/(?=\/)/, "");
  if (path === "" || path.startsWith("//") || path.startsWith(":") || /[\0?#]/.test(path)) return undefined;
  const absolute = isAbsolute(path) ? path : resolve(folder, path);
  return { kind: "sqlite", path: absolute, label: `sqlite:${path}` };
}
