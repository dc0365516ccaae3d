import type { ScopeKey } from "../database.ts";
import type { TranscriptNode } from "../port.ts";

/** Recently used transcript nodes of every scope, bounded by bytes. A node never changes, so an entry is never stale. */
export class NodeCache {
  readonly #entries = new Map<string, Entry>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(scope: ScopeKey, hash: string): TranscriptNode | undefined {
    const key = keyOf(scope, hash);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.node;
  }

  /** `bytes` is about how much memory the node takes. */
  set(scope: ScopeKey, node: TranscriptNode, bytes: number): void {
    const key = keyOf(scope, node.hash);
    if (this.#entries.has(key) || bytes > this.#maxBytes / 4) return;
    this.#entries.set(key, { node, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#entries.delete(oldest);
      this.#bytes -= entry.bytes;
    }
  }
}

interface Entry {
  readonly node: TranscriptNode;
  readonly bytes: number;
}

function keyOf(scope: ScopeKey, hash: string): string {
  return `${scope.tenant}/${scope.workspace}/${hash}`;
}
