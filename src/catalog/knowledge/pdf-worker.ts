import { parentPort, workerData } from "node:worker_threads";
import { extractText, getDocumentProxy } from "unpdf";
import * as z from "zod";
import type { PdfText } from "./read-pdf.ts";

/** What the thread is started with. */
const Task = z.strictObject({ bytes: z.instanceof(Uint8Array), maxPages: z.number() });

parentPort?.postMessage(await readPages(Task.parse(workerData)));

async function readPages({ bytes, maxPages }: z.infer<typeof Task>): Promise<PdfText> {
  try {
    const pdf = await getDocumentProxy(bytes, { useSystemFonts: true, verbosity: 0 });
    if (pdf.numPages > maxPages)
      return { kind: "refused", reason: `${pdf.numPages} pages; at most ${maxPages} are read` };
    const { text } = await extractText(pdf, { mergePages: false });
    return { kind: "pages", pages: text };
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 120) : "unknown reason";
    return { kind: "refused", reason: `not a readable PDF (${reason})` };
  }
}
