import type { ActionDispatcher, Dispatcher } from "../specs/dispatchers/dispatcher.ts";
import type { ApprovalPredicates, HostedApp } from "../specs/hosted-app.ts";
import type { Services } from "../specs/tools/tool-context.ts";
import type { TemporalConnectionOptions } from "./temporal/temporal-environment.ts";

/** What `createRuntime` may be told about this process. Everything has a default that works on one machine without keys. */
export interface RuntimeOptions {
  /** Name of the app in workflow inputs; the tenant's id unless said. */
  readonly app?: string;
  /** The isolation boundary inside the tenant; that of the data environment unless said, else `default`. */
  readonly workspace?: string;
  /** What the app knows and reads: a descriptor, or the path of its JSON or TOML file. The catalog toolkit needs one. */
  readonly dataEnvironment?: string | object;
  /** Where a relative `dataEnvironment`, and relative paths inside one that is an object, start from; the process's folder unless said. */
  readonly folder?: string;
  /** What tool handlers find as `ctx.services`. */
  readonly services?: Services;
  /** `anthropic` calls the live model; `scripted` runs the JSON script in the prompt. */
  readonly interpreter?: HostedApp["interpreter"];
  readonly testing?: HostedApp["testing"];
  /** Applies approved plans: a `defineDispatcher` value, or a function of (actions, ctx). */
  readonly actionDispatcher?: Dispatcher | ActionDispatcher;
  /** What `{kind: "dynamic", value}` rules ask, by that value: true means that a person must approve the call. */
  readonly approvalPredicates?: ApprovalPredicates;
  /** How answers to gates are proven; signed with the project's key unless said. */
  readonly approvals?: ApprovalOptions;
  readonly temporal?: TemporalOptions;
  /** Whether this process runs the activities too; true unless said. Otherwise a `bridle worker` must. */
  readonly worker?: boolean;
  /** The state store: `sqlite:path` or a Postgres URL; a file in `home` unless said. */
  readonly store?: string;
  /** Folder of everything this project keeps; BRIDLE_HOME or `.bridle` unless said. */
  readonly home?: string;
  readonly knobs?: RuntimeKnobs;
  /** Told while something long happens at the start, such as building the Temporal server. */
  readonly onProgress?: (line: string) => void;
}

/** What a program may say about answers to gates; each has a variable that counts when it says nothing. */
export interface ApprovalOptions {
  /** `signed` counts only answers signed with a trusted key; `open` counts any that reaches Temporal. BRIDLE_APPROVALS, else `signed`. */
  readonly mode?: "open" | "signed";
  /** The key that this process signs its answers with. BRIDLE_APPROVAL_KEY_FILE, else `approval-key` in `home`. */
  readonly keyFile?: string;
  /**
   * The public keys that this process trusts: `ed25519:…`, or `NAME=ed25519:…` for a key that vouches for one person only.
   * BRIDLE_APPROVAL_PUBLIC_KEYS, else the public half of `keyFile`.
   */
  readonly publicKeys?: readonly string[];
}

/** Where Temporal is; without an address the environment is asked, then the project's own server. */
export interface TemporalOptions extends Partial<TemporalConnectionOptions> {
  readonly namespace?: string;
  readonly taskQueue?: string;
}

/** Timings that an operator may change. */
export interface RuntimeKnobs {
  readonly heartbeatMs?: number;
  readonly stickyTimeoutMs?: number;
  readonly graceMs?: number;
}

/** What a query may say besides the prompt. */
export interface QueryOptions {
  /** The conversation to go on with; a new one unless said, named like the run when the run has a name. */
  readonly threadId?: string;
  /** The run's id; the same id twice is the same run. */
  readonly runId?: string;
  /**
   * The person who asks. Kept with the run and with every plan and call that comes of it, and whom `notRequester` keeps from approving
   * them. Nobody unless said: then only the agents are known, and whoever prompts them may approve what they do.
   */
  readonly requestedBy?: string;
  /** Reads an earlier run from this cursor instead of starting one. */
  readonly resume?: string;
  /** What to do while the thread answers another prompt: refuse (the default), or wait in line. */
  readonly whenBusy?: "refuse" | "queue";
  /** Stops reading; the run goes on. */
  readonly signal?: AbortSignal;
}
