import { RunId, TenantId, ThreadId, WorkspaceId } from "../../protocol/ids.ts";
import { PROFILE_MAX_SAMPLE_ROWS, PROFILE_SAMPLE_ROWS } from "../../protocol/limits/profile.ts";
import { MAX_PAGE_SIZE } from "../../protocol/limits/store.ts";
import { PlanStatus } from "../../protocol/plan.ts";
import { RunStatus } from "../../protocol/run.ts";
import type { Switch } from "./setting.ts";
import { duration, id, list, oneOf, places, text, wholeNumber } from "./setting-kinds.ts";

/** Every setting of every command, so that a flag means the same everywhere. */
export const SETTINGS = {
  app: text("--app <file[#export]>", "the file that exports the app; #export names the export", "BRIDLE_APP"),
  interpreter: {
    ...oneOf("--interpreter <name>", ["anthropic", "scripted"], "which model answers"),
    env: "BRIDLE_INTERPRETER",
  },
  temporalAddress: text("--temporal-address <host:port>", "the Temporal server to use", "TEMPORAL_ADDRESS"),
  namespace: text("--namespace <name>", "the Temporal namespace", "TEMPORAL_NAMESPACE"),
  taskQueue: text("--task-queue <name>", "the task queue that workers poll (bridle)", "TEMPORAL_TASK_QUEUE"),
  dataDir: text("--data-dir <folder>", "where the project keeps its data (.bridle)", "BRIDLE_HOME"),
  store: text(
    "--store <url>",
    "the state store, sqlite:path or postgres://… (a file in the data folder)",
    "BRIDLE_STORE",
  ),
  port: {
    ...wholeNumber("--port <number>", "the port of the HTTP API (4111)", [0, 65_535]),
    env: "BRIDLE_PORT",
  },
  host: text("--host <address>", "the address that the HTTP API listens on (127.0.0.1)", "BRIDLE_HOST"),
  allowedHosts: list("--allowed-hosts <names>", "further Host names that requests may carry", "BRIDLE_ALLOWED_HOSTS"),
  allowedOrigins: list("--allowed-origins <urls>", "further web origins that may call", "BRIDLE_ALLOWED_ORIGINS"),
  stickyTimeout: duration(
    "--sticky-timeout <time>",
    "how long a workflow waits for the worker it had",
    "BRIDLE_STICKY_TIMEOUT",
  ),
  heartbeatTimeout: duration(
    "--heartbeat-timeout <time>",
    "silence after which a worker counts as dead",
    "BRIDLE_HEARTBEAT_TIMEOUT",
  ),
  grace: duration("--grace <time>", "how long running work may go on after a stop (4s)", "BRIDLE_GRACE"),
  durability: {
    ...oneOf("--durability <mode>", ["fast", "full"], "full also survives a power cut, at twice the latency"),
    env: "BRIDLE_DURABILITY",
  },
  approvals: {
    ...oneOf(
      "--approvals <mode>",
      ["open", "signed"],
      "whether answers to gates must be signed (signed; open for dev on this machine)",
    ),
    env: "BRIDLE_APPROVALS",
  },
  approvalKeyFile: text(
    "--approval-key-file <path>",
    "the key that signs answers (approval-key in the data folder)",
    "BRIDLE_APPROVAL_KEY_FILE",
  ),
  approvalPublicKeys: list(
    "--approval-public-keys <keys>",
    "the public keys that a worker trusts, each bound to a person as NAME=KEY or to nobody (that of the key file)",
    "BRIDLE_APPROVAL_PUBLIC_KEYS",
  ),
  tenant: id("--tenant <id>", TenantId, "the tenant to look at"),
  workspace: id("--workspace <id>", WorkspaceId, "the workspace"),
  prompt: text("--prompt <text>", "what to ask; - reads it from standard input"),
  agent: text("--agent <name>", "the agent to ask instead of the coordinator"),
  runId: id("--run-id <id>", RunId, "the id of the run; the same id twice is the same run"),
  threadId: id("--thread-id <id>", ThreadId, "the conversation to go on with"),
  requestedBy: text(
    "--requested-by <name>",
    "who asks, and may not approve where the rule says so (the user of this machine)",
  ),
  whenBusy: oneOf("--when-busy <mode>", ["refuse", "queue"], "what to do while the thread answers another prompt"),
  status: oneOf("--status <status>", RunStatus.options, "only runs that stand like this"),
  storedBy: id("--run-id <id>", RunId, "only plans that this run stored"),
  planStatus: oneOf("--status <status>", PlanStatus.options, "only plans that stand like this"),
  as: oneOf("--as <outcome>", ["done", "failed"], "what the target says became of the action"),
  by: text("--by <name>", "who decides"),
  note: text("--note <text>", "why"),
  actions: places("--actions <places>", "only these actions of the plan, such as 0,2; the first one is 0"),
  wait: duration("--wait <time>", "wait up to this long until the plan has ended or was sent back"),
  planHash: text("--plan-hash <hash>", "the content that was looked at; the answer is refused for any other"),
  decisionId: text("--decision-id <id>", "the id of the decision; it counts once"),
  validFor: duration("--valid-for <time>", "how long the signed answer counts (1h, up to 720h)"),
  limit: wholeNumber("--limit <number>", `at most this many (50, up to ${MAX_PAGE_SIZE})`, [1, MAX_PAGE_SIZE]),
  afterPage: text("--after <token>", "the `next` of the page before"),
  afterSeq: wholeNumber("--after <seq>", "only events after this number", [0, Number.MAX_SAFE_INTEGER]),
  workflowId: text("--workflow-id <id>", "a workflow of the server to replay"),
  executionId: text("--execution-id <id>", "which execution of the workflow (the latest)"),
  tenantId: id("--tenant-id <id>", TenantId, "whose catalog it is (the file's tenant_id, else default)"),
  workspaceId: id("--workspace-id <id>", WorkspaceId, "which workspace of it (the file's workspace_id, else default)"),
  databaseId: text("--database-id <id>", "what the catalog calls the database (its own name)"),
  schema: text("--schema <name>", "the schema to look at (the file's, else public)"),
  table: { ...text("--table <name>", "only this table; may be given several times"), isRepeatable: true },
  sampleSize: wholeNumber("--sample-size <rows>", `rows that are read of a large table (${PROFILE_SAMPLE_ROWS})`, [
    0,
    PROFILE_MAX_SAMPLE_ROWS,
  ]),
  maxRows: wholeNumber("--max-rows <rows>", "read no more rows than this of any table", [1, Number.MAX_SAFE_INTEGER]),
  crashPlan: text("--plan <file>", "the plan to crash, as JSON: its kind, its body, its references"),
  crashScript: text("--script <file>", "a script for the app's coordinator, as JSON, instead of a plan"),
  effects: text("--effects <command|url>", "tells how often each action of a plan took effect, as JSON"),
  file: text("--file <path>", "a history that `temporal workflow show -o json` exported"),
} as const;

/** Which app, and who answers for its model. */
export const APP_SETTINGS = [SETTINGS.app, SETTINGS.interpreter] as const;

/** Where data and Temporal are. */
export const PLACE_SETTINGS = [
  SETTINGS.dataDir,
  SETTINGS.store,
  SETTINGS.temporalAddress,
  SETTINGS.namespace,
  SETTINGS.taskQueue,
] as const;

/** For commands that host a worker. */
export const WORKER_SETTINGS = [SETTINGS.stickyTimeout, SETTINGS.heartbeatTimeout, SETTINGS.grace] as const;

/** For commands that judge answers to gates. */
export const APPROVAL_SETTINGS = [SETTINGS.approvals, SETTINGS.approvalKeyFile, SETTINGS.approvalPublicKeys] as const;

/** For commands that serve the HTTP API. */
export const HTTP_SETTINGS = [SETTINGS.port, SETTINGS.host, SETTINGS.allowedHosts, SETTINGS.allowedOrigins] as const;

/** For commands that look at the data of one tenant and workspace. */
export const SCOPE_SETTINGS = [SETTINGS.tenant, SETTINGS.workspace, SETTINGS.app] as const;

/** For commands that look at the data of a data environment. */
export const DATA_SCOPE_SETTINGS = [SETTINGS.tenantId, SETTINGS.workspaceId, SETTINGS.databaseId] as const;

/** Every switch of the commands themselves. */
export const SWITCHES = {
  noStudio: { flags: "--no-studio", description: "without Studio, which this version has not; the HTTP API is served" },
  noWorker: { flags: "--no-worker", description: "leave the work to another worker" },
  detach: { flags: "--detach", description: "start the run and do not wait for it" },
  follow: { flags: "--follow", description: "wait for new events until the run ends" },
  approve: { flags: "--approve", description: "sign an approval" },
  reject: { flags: "--reject", description: "sign a rejection" },
  revise: { flags: "--revise", description: "sign that it is sent back" },
  exact: { flags: "--exact", description: "have the engine read every row of every table" },
  schemaOnly: { flags: "--schema-only", description: "read no row: names, types, keys and statistics only" },
  noSamples: { flags: "--no-samples", description: "keep no value of any row: no samples, no smallest, no largest" },
  live: { flags: "--live", description: "ask the model provider for one token, to know that the key works" },
  fix: { flags: "--fix", description: "mend what can be mended without harm" },
  yes: { flags: "--yes", description: "agree that the target of the app is called and changed" },
  audit: { flags: "--audit", description: "with every revision, and the answers that were refused" },
  bindAll: {
    flags: "--dangerously-bind-all",
    description: "allow --host to be an address that other machines reach",
  },
} as const satisfies Record<string, Switch>;
