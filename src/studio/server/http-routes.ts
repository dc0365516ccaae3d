/** One route of the HTTP API, as docs/http.md and `bridle capabilities` tell of it. */
export interface HttpRoute {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly summary: string;
  readonly query: readonly string[];
  /** Fields of the JSON body; those with a question mark may be left out. */
  readonly body: readonly string[];
  /** Status codes when it works, and what comes with them. */
  readonly answer: string;
  /** Refusals of its own, besides those that every route has. */
  readonly refusals: readonly string[];
}

const PAGE = ["workspace", "limit", "after"];
const DECISION = ["decision", "decisionId?", "planHash?", "contentHash?", "by?", "note?", "edits?"];
const DECIDED =
  "200 `{result}`; 202 when no worker judged it yet; 403, 404, 409 or 422 `{result}` when it does not count";

/** Every route, in the order in which they are registered. Held against the server by a test. */
export const HTTP_ROUTES: readonly HttpRoute[] = [
  get("/healthz", "whether the process lives", { answer: "200 `{status}`" }),
  get("/readyz", "whether a run that is started now would be answered", {
    answer: "200 or 503 `{status, taskQueue, pollers, missing?}`",
  }),
  post("/api/runs", "start a run, or find the one with this id", {
    body: ["prompt", "runId?", "threadId?", "workspace?", "agent?", "whenBusy?", "requestedBy?"],
    answer: "202 `{runId, threadId, status, workspace}`; 200 when the run was there",
    refusals: ["AGENT_UNKNOWN", "RUN_CONFLICT", "THREAD_BUSY", "PROMPT_TOO_LARGE", "QUEUE_FULL"],
  }),
  get("/api/runs", "list runs, newest first", {
    query: [...PAGE, "threadId", "status"],
    answer: "200 `{items, next}`",
  }),
  get("/api/runs/:id", "one run", { query: ["workspace"], answer: "200, the run", refusals: ["RUN_UNKNOWN"] }),
  post("/api/runs/:id/cancel", "end a run", {
    body: ["workspace?"],
    answer: "202 `{runId, threadId, status, workspace}`",
    refusals: ["RUN_UNKNOWN"],
  }),
  get("/api/runs/:id/events", "the events of a run; with `Accept: text/event-stream` as a stream", {
    query: PAGE,
    answer: "200 `{events, next, done}` or the stream; 204 when the stream has nothing left",
    refusals: ["RUN_UNKNOWN", "STREAMS_FULL"],
  }),
  get("/api/plans", "list plans, newest first", {
    query: [...PAGE, "status", "runId"],
    answer: "200 `{items, next}`",
  }),
  get("/api/plans/:id", "one plan with its card, actions and decisions", {
    query: ["workspace", "audit"],
    answer: "200, the plan",
    refusals: ["PLAN_UNKNOWN"],
  }),
  post("/api/plans/:id/cancel", "stop a plan; an action under way comes to its end", {
    query: ["workspace"],
    body: ["by", "note?"],
    answer: "202 `{planId, status, kind, actions, cancelledBy}`; 200 when it has ended",
    refusals: ["PLAN_UNKNOWN"],
  }),
  post("/api/plans/:id/settle", "say what became of an action whose outcome is unknown", {
    query: ["workspace"],
    body: ["index", "as", "by", "note?"],
    answer: "200 `{action}`",
    refusals: ["PLAN_UNKNOWN", "ACTION_NOT_IN_DOUBT"],
  }),
  post("/api/plans/:id/compensate", "take back what a plan applied before it failed", {
    query: ["workspace"],
    body: ["by", "note?", "actions?"],
    answer: "200 `{undo, answer, waitsFor}`; 202 when no worker judged the answer yet",
    refusals: ["PLAN_UNKNOWN", "NOTHING_TO_UNDO", "COMPENSATE_MISSING", "APPROVAL_IMPOSSIBLE"],
  }),
  post("/api/plans/:id/decisions", "answer a plan that waits", {
    query: ["workspace"],
    body: DECISION,
    answer: DECIDED,
  }),
  get("/api/approvals", "what waits for people", { query: PAGE, answer: "200 `{items, next}`" }),
  get("/api/approvals/:id", "one gate with its rule, card and decisions", {
    query: ["workspace"],
    answer: "200, the gate",
    refusals: ["GATE_UNKNOWN"],
  }),
  post("/api/approvals/:id/decisions", "answer a gate, or a plan", {
    query: ["workspace"],
    body: DECISION,
    answer: DECIDED,
  }),
  get("/api/references/:kind/:id", "what a reference stands for", {
    query: ["workspace"],
    answer: "200, the reference with its value",
    refusals: ["REFERENCE_MISSING"],
  }),
  get("/api/threads", "list threads", { query: PAGE, answer: "200 `{items, next}`" }),
  get("/api/threads/:id", "one thread", {
    query: ["workspace"],
    answer: "200, the thread",
    refusals: ["THREAD_UNKNOWN"],
  }),
  get("/api/threads/:id/transcript", "what was said in a thread", {
    query: ["workspace"],
    answer: "200, the conversation of each agent",
    refusals: ["THREAD_UNKNOWN"],
  }),
];

type Told = Pick<HttpRoute, "answer"> & Partial<Pick<HttpRoute, "query" | "body" | "refusals">>;

function get(path: string, summary: string, told: Told): HttpRoute {
  return { method: "GET", path, summary, query: [], body: [], refusals: [], ...told };
}

function post(path: string, summary: string, told: Told): HttpRoute {
  return { ...get(path, summary, told), method: "POST" };
}
