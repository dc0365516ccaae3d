import { Connection } from "@temporalio/client";
import { thrownMessage } from "../../lib/thrown-text.ts";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { StateError } from "../../protocol/errors.ts";
import {
  type EmbeddedServer,
  adoptEmbeddedServer,
  findEmbeddedServer,
  startEmbeddedServer,
} from "./embedded-server.ts";
import { locateTemporalCli } from "./locate-temporal-cli.ts";
import { isRefused } from "./probe-server.ts";
import { retryInterceptors } from "./retry-interceptors.ts";
import { readServerRecord } from "./server-record.ts";
import { type TemporalConnectionOptions, environmentTarget } from "./temporal-environment.ts";

/** What is known about the Temporal server to use. */
export interface TemporalSearch {
  /** The environment of the process; `TEMPORAL_*` and the profile it names are read as every Temporal SDK does. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The project's data folder, where its embedded server lives. */
  readonly home: string;
  /** A server that the caller names; then nothing else is looked at. */
  readonly explicit?: Partial<TemporalConnectionOptions> & { readonly address: string };
  readonly namespace?: string;
  /** Whether a server may be started when none is found. */
  readonly start: "allowed" | "never";
  readonly durability?: "fast" | "full";
  /** The command that starts the project's server again, for people. */
  readonly startedBy?: string;
  readonly onProgress?: (line: string) => void;
}

/** Where a Temporal server is and how to talk to it; `options` suits the client's and the worker's connection alike. */
export interface TemporalTarget {
  readonly source: "explicit" | "environment" | "embedded";
  readonly address: string;
  readonly namespace: string;
  readonly options: TemporalConnectionOptions;
  /** Present for the project's own server. */
  readonly embedded?: EmbeddedServer;
}

const CONNECT_TIMEOUT_MS = 3000;
const DEFAULT_NAMESPACE = "default";

/** The server to use, in this order: named by the caller, by the environment, running for this project, started. */
export async function resolveTemporal(search: TemporalSearch): Promise<TemporalTarget> {
  const { explicit } = search;
  if (explicit !== undefined) return targetOf("explicit", explicit, search.namespace);
  const fromEnvironment = environmentTarget(search.env);
  if (fromEnvironment !== undefined) {
    return targetOf("environment", fromEnvironment.options, search.namespace ?? fromEnvironment.namespace);
  }
  const embedded = search.start === "allowed" ? await startOwn(search) : await findEmbeddedServer(search.home);
  if (embedded === undefined) throw noServer(search);
  return { ...targetOf("embedded", { address: embedded.address }, search.namespace), embedded };
}

async function startOwn(search: TemporalSearch): Promise<EmbeddedServer> {
  const { home, durability, startedBy } = search;
  const running = await adoptEmbeddedServer(home);
  if (running !== undefined) return running;
  // Found outside the start: fetching the command can take minutes, and others need not wait for it.
  const cli = await locateTemporalCli(search);
  return startEmbeddedServer({ home, cli, ...withoutUndefined({ durability, startedBy }) });
}

/** Connects to a server that was found; one that does not answer fails within three seconds. */
export async function connectClient(target: TemporalTarget): Promise<Connection> {
  // gRPC dials a port that refuses again and again until the time is over.
  if (await isRefused(target.address)) throw unreachable(target, new Error("the connection is refused"));
  try {
    return await Connection.connect({
      ...target.options,
      connectTimeout: CONNECT_TIMEOUT_MS,
      interceptors: retryInterceptors(),
    });
  } catch (error) {
    throw unreachable(target, error);
  }
}

function targetOf(
  source: TemporalTarget["source"],
  options: TemporalConnectionOptions,
  namespace = DEFAULT_NAMESPACE,
): TemporalTarget {
  return { source, address: options.address, namespace, options };
}

function unreachable(target: TemporalTarget, cause: unknown): StateError {
  const said = thrownMessage(cause);
  return new StateError("TEMPORAL_UNREACHABLE", `No Temporal server answers at ${target.address}: ${said}`, {
    hint: HINTS[target.source],
    retryable: true,
    cause,
  });
}

const HINTS = {
  explicit: "Check the address, TLS and API key that the program passes, and that the server runs.",
  environment:
    "Check TEMPORAL_ADDRESS, TEMPORAL_TLS*, TEMPORAL_API_KEY and the profile; unset them to use the project's own server.",
  embedded: "The project's own server stopped answering; start again, and see logs/temporal.log in the data folder.",
} as const;

function noServer({ home, startedBy = "bridle dev --app ./app.ts" }: TemporalSearch): StateError {
  const last = readServerRecord(home)?.startedBy;
  return new StateError(
    "TEMPORAL_UNREACHABLE",
    `No Temporal server runs for ${home}, and this command may not start one.`,
    {
      hint:
        last === undefined
          ? `Run \`${startedBy}\` in the project first, or set TEMPORAL_ADDRESS.`
          : `Start it again with \`${last.command}\` in ${last.folder}, or set TEMPORAL_ADDRESS.`,
    },
  );
}
