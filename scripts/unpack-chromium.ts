/**
 * Unpacks the Chromium that a package ships into the folder that TMPDIR names, with the libraries that a bare machine lacks, and prints
 * its path. A process of its own, because the package knows no other way to be told where.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import chromium, { inflate } from "@sparticuz/chromium";

const packed = join(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..", "bin");
await inflate(join(packed, "al2023.tar.br"));
console.log(await chromium.executablePath());
