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
/** Most rows that a model may ask for in one call. */
export const TOOL_QUERY_ROWS = 1_000;
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
