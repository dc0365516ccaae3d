import { Worker } from "node:worker_threads";
import { KNOWLEDGE_PDF_MEMORY_MB, KNOWLEDGE_PDF_MS, KNOWLEDGE_PDF_PAGES } from "../../protocol/limits.ts";

/** The text of a PDF page by page, or why there is none. */
export type PdfText =
  { readonly kind: "pages"; readonly pages: readonly string[] } | { readonly kind: "refused"; readonly reason: string };

/**
 * Reads the text of a PDF in a thread of its own: a hostile file can make the reader run or grow without end, and a thread can be
 * stopped and its memory bounded.
 */
export async function readPdf(bytes: Uint8Array, limits: PdfLimits = LIMITS): Promise<PdfText> {
  const worker = new Worker(workerFile(), {
    // A copy: the bytes may be a view of a buffer that others use.
    workerData: { bytes: new Uint8Array(bytes), maxPages: limits.maxPages },
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
    stdout: true,
    stderr: true,
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<PdfText>((resolve) => {
      timer = setTimeout(
        () => resolve({ kind: "refused", reason: `reading it took over ${limits.timeMs} ms` }),
        limits.timeMs,
      );
      // The thread is our own module, and this is what it posts.
      worker.once("message", (text: PdfText) => resolve(text));
      worker.once("error", (error) => resolve({ kind: "refused", reason: `reading it failed (${codeOf(error)})` }));
      worker.once("exit", () => resolve({ kind: "refused", reason: "reading it ended without a result" }));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/** What reading one PDF may take. */
export interface PdfLimits {
  readonly maxPages: number;
  readonly timeMs: number;
  readonly memoryMb: number;
}

const LIMITS: PdfLimits = {
  maxPages: KNOWLEDGE_PDF_PAGES,
  timeMs: KNOWLEDGE_PDF_MS,
  memoryMb: KNOWLEDGE_PDF_MEMORY_MB,
};

/** Beside this file, compiled or not as this file is. */
function workerFile(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./pdf-worker.ts" : "./pdf-worker.js", import.meta.url);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown reason";
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" ? code : error.message.slice(0, 120);
}
