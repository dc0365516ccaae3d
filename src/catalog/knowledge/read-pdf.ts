import { fork } from "node:child_process";
import { extname } from "node:path";
import { KNOWLEDGE_PDF_MEMORY_MB, KNOWLEDGE_PDF_MS, KNOWLEDGE_PDF_PAGES } from "../../protocol/limits/knowledge.ts";

/** The text of a PDF page by page, or why there is none. */
export type PdfText =
  { readonly kind: "pages"; readonly pages: readonly string[] } | { readonly kind: "refused"; readonly reason: string };

/** What the process that reads a PDF is sent. */
export interface PdfTask {
  readonly bytes: Uint8Array;
  readonly maxPages: number;
  readonly memoryBytes: number;
}

/**
 * Reads the text of a PDF in a process of its own: a hostile file of a few kilobytes can make the reader run or grow without end, and
 * only a process can be stopped wherever it is and has a memory of its own.
 */
export async function readPdf(bytes: Uint8Array, limits: PdfLimits = LIMITS): Promise<PdfText> {
  const { maxPages, memoryMb, timeMs } = limits;
  const child = fork(new URL(`./pdf-process${extname(import.meta.filename)}`, import.meta.url), [], {
    serialization: "advanced",
    // Nothing of our environment is its business.
    env: {},
    execArgv: [`--max-old-space-size=${memoryMb}`],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<PdfText>((resolve) => {
      const refuse = (reason: string): void => resolve({ kind: "refused", reason });
      timer = setTimeout(() => refuse(`reading it took over ${timeMs} ms`), timeMs);
      // The process is our own module, and this is what it sends.
      child.once("message", (text: PdfText) => resolve(text));
      child.once("error", () => refuse("reading it failed"));
      child.once("exit", (_code, signal) =>
        refuse(
          signal !== null && MEMORY_SIGNALS.includes(signal)
            ? `reading it needs over ${memoryMb} MB of memory`
            : "reading it ended without a result",
        ),
      );
      const task: PdfTask = { bytes, maxPages, memoryBytes: memoryMb * 1024 * 1024 };
      child.send(task, (error) => {
        if (error !== null) refuse("reading it failed");
      });
    });
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
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

/** The watchdog's own signal, the system's when memory is short, and the engine's when its heap is full. */
const MEMORY_SIGNALS: readonly NodeJS.Signals[] = ["SIGUSR2", "SIGKILL", "SIGABRT", "SIGTRAP"];
