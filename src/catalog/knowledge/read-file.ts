import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { errorCode } from "../../lib/error-code.ts";
import { KNOWLEDGE_FILE_BYTES } from "../../protocol/limits/knowledge.ts";

/** The bytes of a file, or why they are not read. */
export type FileBytes =
  { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "skipped"; readonly reason: string };

/**
 * Reads a file of the folder, whatever it was replaced by since it was found: a link at its end is refused by the system, a link on the
 * way by comparing where the path leads, and no more than the limit is read of a file that grows.
 */
export async function readFileWithin(root: string, path: string, maxBytes = KNOWLEDGE_FILE_BYTES): Promise<FileBytes> {
  const file = join(root, path);
  try {
    if ((await realpath(file)) !== join(root, ...path.split("/")))
      return { kind: "skipped", reason: "it leads out of its folder" };
    if (!file.startsWith(root.endsWith(sep) ? root : root + sep))
      return { kind: "skipped", reason: "it leads out of its folder" };
    // Not blocking: opening a pipe that nobody writes to would otherwise wait for ever.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const status = await handle.stat();
    if (!status.isFile()) return { kind: "skipped", reason: "not a regular file" };
    if (status.size > maxBytes)
      return { kind: "skipped", reason: `it has ${status.size} bytes; at most ${maxBytes} are read` };
    const bytes = new Uint8Array(Number(status.size));
    let read = 0;
    while (read < bytes.length) {
      const { bytesRead } = await handle.read(bytes, read, bytes.length - read, read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return { kind: "bytes", bytes: bytes.subarray(0, read) };
  } catch (error) {
    const code = errorCode(error) ?? "unknown reason";
    return {
      kind: "skipped",
      reason: code === "ELOOP" ? "a link; links are not followed" : `cannot be read (${code})`,
    };
  }
}
