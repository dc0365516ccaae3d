/**
 * Every limit of the harness has its name here. A value that enters Temporal history, a log, a prompt or a page
 * is bounded by one of these; nothing else in the code invents a number.
 */

/** Longest prompt that may come inside a start input, which Temporal keeps in history. Longer ones travel as a handle. */
export const PAYLOAD_CHARS = 128 * 1024;
/** Largest error text that may leave an activity. */
export const ERROR_TEXT_BYTES = 8 * 1024;
/** Length of the previews shown in results, lists and the Temporal UI. */
export const PREVIEW_CHARS = 200;
/** Longest JSON that stands beside other things in one line of a terminal. */
export const LINE_JSON_CHARS = 80;

/** Largest prompt a turn accepts. */
export const PROMPT_BYTES = 1024 * 1024;
/** Largest argument document of one tool call; a larger one is a tool error. */
export const TOOL_ARGS_BYTES = 1024 * 1024;
/** How much of a tool's result the model sees; the rest stays in the store. */
export const TOOL_RESULT_MODEL_BYTES = 64 * 1024;
/** Largest tool result that is stored; a larger one is a tool error. */
export const TOOL_RESULT_BYTES = 4 * 1024 * 1024;
/** Messages above this size live in the blob store, smaller ones inline in the transcript row. */
export const INLINE_MESSAGE_BYTES = 16 * 1024;

/** Model steps of one turn when the agent does not say. */
export const DEFAULT_MAX_TURNS = 30;
/** Largest `maxTurns` an agent may declare. */
export const MAX_MAX_TURNS = 1000;
/** Tool calls of one reply; further ones get an error result. */
export const CALLS_PER_STEP = 64;
/** Tool activities of one reply that run side by side. */
export const PARALLEL_TOOLS = 16;
/** Replies in a row whose every tool call was invalid, after which the turn fails. */
export const INVALID_REPLIES_IN_A_ROW = 5;
/** How deep agents may call agents. */
export const AGENT_DEPTH = 8;
/** Prompts that may wait behind a busy thread. */
export const QUEUED_PROMPTS = 32;

/** How long a tool may run when it does not say. */
export const DEFAULT_TOOL_TIMEOUT_MS = 60_000;
/** Longest `timeoutMs` a tool may declare. */
export const MAX_TOOL_TIMEOUT_MS = 24 * 60 * 60 * 1000;
/** A model stream that sends nothing for this long is cut and retried. */
export const MODEL_IDLE_TIMEOUT_MS = 60_000;
/** Longest model call as a whole. */
export const MODEL_CALL_TIMEOUT_MS = 30 * 60 * 1000;
/** Attempts of one model call before the turn fails. */
export const MODEL_ATTEMPTS = 10;
/** Longest a provider may ask us to wait before the next attempt. */
export const MODEL_RETRY_AFTER_MS = 60 * 60 * 1000;
/** Attempts of a tool whose effects are `none` or `idempotent`. */
export const TOOL_ATTEMPTS = 5;

/** How long an approval predicate may take; a later one counts as failed, and a person is asked. */
export const PREDICATE_TIMEOUT_MS = 30_000;
/** Gates whose text stands in the details of a waiting turn; the rest is counted. */
export const SHOWN_GATES = 8;
/** Largest descriptor file of a data environment; a bigger catalog than fits belongs in a database. */
export const DESCRIPTOR_BYTES = 16 * 1024 * 1024;

/** Longest SQL text that a query of a target database may have. */
export const QUERY_SQL_BYTES = 100_000;
/** Operators, parentheses and keywords of one query: a parser's stack is finite. */
export const QUERY_TOKENS = 2_000;
/** Parameters of one query. */
export const QUERY_PARAMS = 1_000;
/** Rows of one query when the caller does not say. */
export const DEFAULT_QUERY_ROWS = 1_000;
/** Most rows a caller may ask for. */
export const MAX_QUERY_ROWS = 2_000_000;
/** Bytes of rows, as JSON, of one query when the caller does not say. */
export const DEFAULT_QUERY_BYTES = 1024 * 1024;
/** Most bytes a caller may ask for. */
export const MAX_QUERY_BYTES = 128 * 1024 * 1024;
/** Bytes of one value; a longer text or blob is cut. */
export const QUERY_CELL_BYTES = 64 * 1024;
/** How long one query may run when the caller does not say. */
export const DEFAULT_QUERY_TIME_MS = 30_000;
/** Longest time a caller may ask for. */
export const MAX_QUERY_TIME_MS = 10 * 60 * 1000;
/** How much longer a query's process lives than the query, so that the database itself can say that time is up. */
export const QUERY_KILL_GRACE_MS = 500;
/** Longest wait for somebody else's lock on the target database. */
export const QUERY_LOCK_TIMEOUT_MS = 3_000;
/** How long a query process may take to start, on a busy machine. */
export const QUERY_START_MS = 20_000;
/** Processes that read one target database. */
export const QUERY_PROCESSES = 3;
/** Queries that may wait for a process; further ones are refused. */
export const QUERY_QUEUE = 64;
/** Memory of one query process, above which it ends. */
export const QUERY_PROCESS_BYTES = 512 * 1024 * 1024;
/** How long what is known of a target's functions and views is believed. */
export const QUERY_SNAPSHOT_MS = 30_000;

/** Actions of one plan. */
export const PLAN_ACTIONS = 2000;
/** Largest body of a plan as JSON; more data than that belongs in a reference. */
export const PLAN_BODY_BYTES = 1024 * 1024;
/** How long an edited body waits in the store for the worker that judges its answer. */
export const EDIT_TTL_MS = 24 * 60 * 60 * 1000;
/** How deep a plan's body may nest. */
export const PLAN_BODY_DEPTH = 64;
/** Longest idempotency key: what payment providers and most databases' key columns take. */
export const IDEMPOTENCY_KEY_CHARS = 255;
/** Largest glimpse of a reference as JSON: it stands in prompts and on cards. */
export const REFERENCE_GLIMPSE_BYTES = 4 * 1024;
/** Largest value of a reference, as JSON, that is shown whole to programs; of a larger one the start is shown, and that it was cut. */
export const REFERENCE_SHOWN_BYTES = 16 * 1024 * 1024;
/** How much of a reference's value a terminal shows, and how much of a value that was cut anybody is shown. */
export const REFERENCE_TEXT_BYTES = 64 * 1024;
/** Plans that are named as holding a reference. */
export const REFERENCE_HOLDERS = 50;
/** How long one call of a dispatcher may run when it does not say. */
export const DEFAULT_DISPATCH_TIMEOUT_MS = 5 * 60 * 1000;
/** Longest `timeoutMs` a dispatcher may declare. */
export const MAX_DISPATCH_TIMEOUT_MS = 24 * 60 * 60 * 1000;
/** How long an action that may be tried again is, before it is given up on. */
export const DISPATCH_DOUBT_MS = 24 * 60 * 60 * 1000;
/** Attempts of one action that vanished without a word, each probably with its worker, before its outcome is called unknown. */
export const DISPATCH_SILENT_ATTEMPTS = 20;
/** How much of the stack of a handler's error a worker logs. */
export const LOGGED_STACK_BYTES = 2 * 1024;
/** Calls of one action after which an error of its handler, or an answer that makes no sense, is followed by no other call. */
export const DISPATCH_FAULTY_ATTEMPTS = 5;
/** Longest time for looking a plan over before its first action: every value that its references stand for is read. */
export const PREFLIGHT_TIMEOUT_MS = 60 * 60 * 1000;
/** How long an attempt that knows what came of an effect, or has a model's reply in hand, waits for a store that is away. */
export const STORE_PATIENCE_MS = 5 * 60 * 1000;
/** A call is over this long after its time was up. */
export const CALL_MARGIN_MS = 1_000;
/** How much of a person's name or note is kept with what they found out. */
export const DECISION_NOTE_BYTES = 4 * 1024;
/** How long asking for the previews of a plan may take in all; the gate opens then, with or without them. */
export const PREVIEWS_MS = 5_000;
/** Actions of a plan that are previewed. */
export const PREVIEWED_ACTIONS = 200;
/** Largest preview of an action as JSON. */
export const PREVIEW_BYTES = 4 * 1024;
/** How much of a dispatcher's summary is kept. */
export const DISPATCH_SUMMARY_BYTES = 2 * 1024;
/** Largest details of a dispatch result; larger ones are replaced by a note. */
export const DISPATCH_DETAILS_BYTES = 64 * 1024;

/** How long an answer that was signed and sent counts: a weekend without a worker, with room. */
export const SENT_SIGNATURE_MS = 7 * 24 * 60 * 60 * 1000;
/** How long an answer counts that was signed for a person to paste, unless they say. */
export const PRINTED_SIGNATURE_MS = 60 * 60 * 1000;
/** Longest time a signature may count. */
export const MAX_SIGNATURE_MS = 30 * 24 * 60 * 60 * 1000;
/** How far the clock of a signer may be ahead of the server's. */
export const SIGNATURE_CLOCK_SKEW_MS = 10 * 60 * 1000;
/** How long an answer that is to be signed waits for the gate of a plan that was stored a moment ago. */
export const GATE_OPENING_MS = 5_000;

/** Requests to execute one plan that wait at a time; further ones are ignored. */
export const PLAN_REQUESTS = 1_000;
/** How long cancelling a plan waits for its end unless someone says; the action under way may take longer. */
export const PLAN_CANCEL_WAIT_MS = 60_000;
/** Attempts to close a plan whose every action is settled; then it stands at executing until someone asks again. */
export const PLAN_CLOSE_ATTEMPTS = 5;
/** How soon one who waits for a plan looks after it: each look doubles the time to the next. */
export const PLAN_FIRST_LOOK_MS = 5_000;
/** Longest time between two looks: a wait of weeks costs a few looks a day. */
export const PLAN_LOOK_MS = 4 * 60 * 60 * 1000;

/** How often a worker removes values whose time is over. */
export const COLLECT_EVERY_MS = 10 * 60 * 1000;
/** How much longer than its time a value is kept, so that no clock that is ahead removes what others still read. */
export const COLLECT_MARGIN_MS = 24 * 60 * 60 * 1000;

/** Rows of a list page when the caller does not say. */
export const PAGE_SIZE = 50;
/** Largest list page. */
export const MAX_PAGE_SIZE = 500;
/** Events of one read of the run log. */
export const EVENTS_PER_READ = 1000;
/** Progress reports of one tool call that reach the run log. */
export const PROGRESS_PER_CALL = 1000;
/** Longest time one action of a plan may take in one attempt: the dispatcher's own limit ends first. */
export const DISPATCH_TIMEOUT_MS = MAX_DISPATCH_TIMEOUT_MS + 60_000;

/** Entries or edges of a page of the catalog when the caller does not say: catalogs are read as a whole. */
export const CATALOG_PAGE_SIZE = 1000;
/** Largest page of the catalog. */
export const MAX_CATALOG_PAGE_SIZE = 10_000;
/** Tables up to this many rows are read whole when a database is profiled. */
export const PROFILE_EXACT_ROWS = 100_000;
/** Rows of a sample when nobody says. */
export const PROFILE_SAMPLE_ROWS = 10_000;
/** Largest `--sample-size`. */
export const PROFILE_MAX_SAMPLE_ROWS = 1_000_000;
/** Rows up to which a table is counted even though statistics say something about it. */
export const PROFILE_COUNT_ROWS = 2_000_000;
/** Bytes of values read of one table; what was read until then counts as a sample. */
export const PROFILE_READ_BYTES = 256 * 1024 * 1024;
/** How long one statement of a profile may run. */
export const PROFILE_STATEMENT_TIMEOUT_MS = 60_000;
/** Characters of one value that are looked at. */
export const PROFILE_VALUE_CHARS = 1_000;
/** Different values of one column that are counted one by one. */
export const PROFILE_DISTINCT_VALUES = 200_000;
/** Domains up to this size are listed with their frequencies. */
export const PROFILE_TOP_VALUES = 50;
/** Sample values of one column. */
export const PROFILE_SAMPLE_VALUES = 5;
/** Pairs of columns that are tested for an undeclared reference. */
export const PROFILE_REFERENCE_TESTS = 500;
/** Values that one such test looks up. */
export const PROFILE_REFERENCE_ROWS = 10_000;
/** Largest SQLite file whose pages are walked for the sizes of its tables. */
export const PROFILE_PAGE_WALK_BYTES = 256 * 1024 * 1024;
/** How long an interrupted profile can be taken up again instead of starting over. */
export const PROFILE_RESUME_MS = 24 * 60 * 60 * 1000;

/** Files of one folder that `data knowledge ingest` reads; further ones are named as skipped. */
export const KNOWLEDGE_FILES = 10_000;
/** Directory entries that it looks at, whatever they are. */
export const KNOWLEDGE_DIRECTORY_ENTRIES = 200_000;
/** How deep folders may nest below the one that is ingested. */
export const KNOWLEDGE_FOLDER_DEPTH = 32;
/** Longest path of a document below its folder. */
export const KNOWLEDGE_PATH_CHARS = 500;
/** Largest file. */
export const KNOWLEDGE_FILE_BYTES = 20 * 1024 * 1024;
/** Largest text of one document, after its markup is gone. */
export const KNOWLEDGE_TEXT_CHARS = 2 * 1024 * 1024;
/** Largest front matter of a document. */
export const KNOWLEDGE_FRONT_MATTER_CHARS = 64 * 1024;
/** Tags of an HTML page that are open at once; authors leave some of those unclosed that may be. */
export const KNOWLEDGE_HTML_DEPTH = 5_000;
/** Pages of one PDF. */
export const KNOWLEDGE_PDF_PAGES = 2_000;
/** How long reading one PDF may take. */
export const KNOWLEDGE_PDF_MS = 30_000;
/** Memory that reading one PDF may take. */
export const KNOWLEDGE_PDF_MEMORY_MB = 512;
/** What a chunk of a document aims at: enough for a thought, little enough for a prompt. */
export const KNOWLEDGE_CHUNK_CHARS = 1_500;
/** Terms, metrics, rules and queries of one document. */
export const KNOWLEDGE_ITEMS = 1_000;
/** Characters of a document that one question to a model holds, when a model is asked what documents define. */
export const KNOWLEDGE_EXTRACT_CHARS = 12_000;
/** Items of one answer to it. */
export const KNOWLEDGE_EXTRACT_ITEMS = 100;
/** Tokens of one answer. */
export const KNOWLEDGE_EXTRACT_REPLY_TOKENS = 4_096;
/** Questions that wait for answers side by side. */
export const KNOWLEDGE_EXTRACT_CONCURRENCY = 4;
/** Attempts of one question to a provider that is busy. */
export const KNOWLEDGE_EXTRACT_ATTEMPTS = 5;
/** Longest wait for a busy provider between two of them. */
export const KNOWLEDGE_EXTRACT_WAIT_MS = 60_000;
/** Edges from one document, or one item of it, to what it names. */
export const KNOWLEDGE_LINKS = 200;
/** Characters of a view's text that its entry keeps. */
export const VIEW_SQL_CHARS = 4_000;

/** Nodes of a graph page when the caller does not say: what a person can still look at as a whole. */
export const GRAPH_NODES = 800;
/** Most nodes that can be asked for. */
export const GRAPH_MAX_NODES = 20_000;
/** Columns of one table that its node carries. */
export const GRAPH_TABLE_COLUMNS = 200;
/** Characters of an entry's text that its node carries. */
export const GRAPH_CONTENT_CHARS = 1_500;
/** How long placing the nodes may take; the best arrangement until then is used. */
export const GRAPH_LAYOUT_MS = 10_000;
/** Results of a catalog search when the caller does not say. */
export const CATALOG_HITS = 10;
/** Most results of a catalog search. */
export const MAX_CATALOG_HITS = 50;
/** Joins of a path between two tables. */
export const PATH_DEPTH = 4;
/** Paths between two tables that are given. */
export const PATH_COUNT = 5;
/** A table that joins with more others is a hub: a calendar or a country joins everything and says nothing. */
export const HUB_DEGREE = 50;
/** Ids that one call of the catalog takes. */
export const CATALOG_IDS = 50;
/** Columns of one page of a table's fields. */
export const CATALOG_FIELDS = 200;
/** Relations that one call of the catalog gives. */
export const CATALOG_RELATIONS = 200;
/** Characters of an entry's text that a tool gives. */
export const CATALOG_TEXT_CHARS = 4_000;
/** Most rows that a model may ask for in one call. */
export const TOOL_QUERY_ROWS = 1_000;

/** Longest name of a person: who asks, who answers. */
export const PERSON_NAME_CHARS = 200;
