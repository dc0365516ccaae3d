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
/** What the tags of an HTML page may cost: each is a look at all that are open, and a thousand million looks take about a second. */
export const KNOWLEDGE_HTML_LOOKS = 1_000_000_000;
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
