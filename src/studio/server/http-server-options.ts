import type { Runtime } from "../../runtime/bind-runtime.ts";
import type { ServerLimits } from "./server-limits.ts";

/** What the HTTP server serves, and to whom. */
export interface HttpServerOptions {
  /** Name of the app, for people. */
  readonly app: string;
  /** The runtimes by workspace; a request reaches the one it names and no other. */
  readonly runtimes: ReadonlyMap<string, Runtime>;
  /** The workspace of a request that names none. */
  readonly defaultWorkspace: string;
  /** 127.0.0.1 unless said. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** What a caller of the API must show as `Authorization: Bearer`. */
  readonly token: string;
  /** Names this server also goes by, such as `bridle.example.com`; with a port, that port only. */
  readonly allowedHosts?: readonly string[];
  /** Origins of pages that may call besides its own, such as `https://bridle.example.com`. They get no CORS headers either. */
  readonly allowedOrigins?: readonly string[];
  /** Lets `host` be one that every network interface answers to. */
  readonly dangerouslyBindAll?: boolean;
  /** Sizes and timings other than the usual ones. */
  readonly limits?: Partial<ServerLimits>;
  /** Looks whether runs can be answered now. */
  readonly readiness: () => Promise<Readiness>;
  /** Told of every failure that the caller only sees as a status of 500 and up. */
  readonly onError?: (error: unknown) => void;
}

/** Whether runs can be answered: the queue, who polls it, and what is missing besides. */
export interface Readiness {
  readonly taskQueue: string;
  readonly pollers: number;
  readonly missing?: readonly string[];
}
