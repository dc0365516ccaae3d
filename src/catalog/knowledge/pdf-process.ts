/**
 * The process that reads one PDF. What a PDF unpacks to lies outside the engine's heap, which no limit of a thread bounds, so that a
 * thread beside the reader ends the process when its memory passes the limit, or when its parent is gone.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { extractText, getDocumentProxy } from "unpdf";
import type { PdfTask, PdfText } from "./read-pdf.ts";

serve();

function serve(): void {
  process.on("disconnect", () => process.exit());
  // The parent sends nothing but one task.
  process.on("message", (task: PdfTask) => {
    const watchdog = new Worker(
      new URL(`../../data/target/memory-watchdog${extname(import.meta.filename)}`, import.meta.url),
      {
        workerData: task.memoryBytes,
        execArgv: [],
      },
    );
    watchdog.unref();
    // Nothing is unpacked before somebody looks.
    watchdog.once("online", () => {
      void readPages(task).then((text) => process.send?.(text));
    });
  });
}

async function readPages({ bytes, maxPages }: PdfTask): Promise<PdfText> {
  try {
    const pdf = await getDocumentProxy(new Uint8Array(bytes), { useSystemFonts: true, verbosity: 0 });
    if (pdf.numPages > maxPages)
      return { kind: "refused", reason: `${pdf.numPages} pages; at most ${maxPages} are read` };
    const { text } = await extractText(pdf, { mergePages: false });
    return { kind: "pages", pages: text };
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 120) : "unknown reason";
    return { kind: "refused", reason: `not a readable PDF (${reason})` };
  }
}
