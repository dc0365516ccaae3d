import type { ContentHash } from "../../protocol/ids.ts";
import type { Message } from "../../protocol/message.ts";
import type { ThreadRecord } from "../../protocol/run.ts";
import type { ScopedStore } from "../../state/port.ts";

/** What each agent remembers of a thread, oldest message first. */
export interface ThreadTranscript {
  readonly schemaVersion: 1;
  readonly threadId: string;
  /** Paths in this document whose values differ between two equal conversations; `*` is every agent or every place of a list. */
  readonly volatile: readonly string[];
  readonly agents: { readonly [agent: string]: AgentTranscript };
}

/** One agent's conversation; `head` is a hash of all of it. */
export interface AgentTranscript {
  readonly head: ContentHash;
  readonly messages: readonly Message[];
}

/** A provider numbers its calls and signs its reasoning anew each time, and a head is a hash of that too. */
const VOLATILE: readonly string[] = [
  "threadId",
  "agents.*.head",
  "agents.*.messages.*.parts.*.id",
  "agents.*.messages.*.parts.*.opaque",
];

/** Reads all conversations of a thread. Nothing else in it depends on time, attempts or machines. */
export async function readTranscript(store: ScopedStore, thread: ThreadRecord): Promise<ThreadTranscript> {
  const heads = Object.entries(thread.heads).sort(([a], [b]) => (a < b ? -1 : 1));
  const agents = await Promise.all(
    heads.map(async ([agent, head]) => {
      const nodes = await store.transcripts.load(head);
      return [agent, { head, messages: nodes.map((node) => node.message) }] as const;
    }),
  );
  return { schemaVersion: 1, threadId: thread.threadId, volatile: VOLATILE, agents: Object.fromEntries(agents) };
}
