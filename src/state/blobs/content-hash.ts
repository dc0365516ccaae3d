import { hash } from "node:crypto";
import type { ContentHash } from "../../protocol/ids.ts";

/** The address of a content: SHA-256 as lower-case hex. */
export function contentHash(content: Uint8Array | string): ContentHash {
  // A SHA-256 in hex is a ContentHash; parsing it would cost more than hashing a short message.
  return hash("sha256", content, "hex") as ContentHash;
}
