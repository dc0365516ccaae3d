import { stableJson } from "../../lib/stable-json.ts";
import type { ContentHash } from "../../protocol/ids.ts";
import type { Message } from "../../protocol/message.ts";
import { contentHash } from "../blobs/content-hash.ts";
import type { TranscriptNode } from "../port.ts";

/** The node that puts `message` after `parent`; the same two always give the same hash. */
export function transcriptNode(parent: ContentHash | null, message: Message): TranscriptNode {
  return { hash: contentHash(stableJson({ parent, message })), parent, message };
}
