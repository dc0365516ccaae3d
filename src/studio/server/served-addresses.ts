/** The Host headers this server answers to and the origins of its own pages, all in lower case. */
export interface ServedAddresses {
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
}

/** What addresses are derived from. */
export interface AddressOptions {
  /** The one address it is bound to; none when it is bound to all. */
  readonly host: string | null;
  readonly port: number;
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
}

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];
const DEFAULT_PORT = 80;

/** Loopback and the bound host with the real port, and what the operator allowed besides. */
export function servedAddresses({
  host,
  port,
  allowedHosts = [],
  allowedOrigins = [],
}: AddressOptions): ServedAddresses {
  const bound = host === null ? [] : [urlHost(host)];
  const own = [...LOOPBACK, ...bound].flatMap((name) => withPort(name, port));
  const allowed = allowedHosts.flatMap((name) => (hasPort(name) ? [name] : [name, ...withPort(name, port)]));
  const hosts = [...own, ...allowed].map((name) => name.toLowerCase());
  const origins = [...hosts.map((name) => `http://${name}`), ...allowedOrigins.map((origin) => origin.toLowerCase())];
  return { hosts: new Set(hosts), origins: new Set(origins) };
}

/** A host as it stands in URLs: IPv6 addresses in brackets. */
export function urlHost(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** Browsers leave the default port out. */
function withPort(name: string, port: number): readonly string[] {
  return port === DEFAULT_PORT ? [name, `${name}:${port}`] : [`${name}:${port}`];
}

function hasPort(name: string): boolean {
  return /:\d+$/.test(name) && !name.endsWith("]");
}
