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
/** Characters of a view's text that its entry keeps. */
export const VIEW_SQL_CHARS = 4_000;
