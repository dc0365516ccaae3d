import type { Client } from "@temporalio/client";
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from "@temporalio/common";

/** What a turn can be found by in the Temporal UI and CLI. */
const KEYS = {
  tenant: defineSearchAttributeKey("BridleTenant", SearchAttributeType.KEYWORD),
  workspace: defineSearchAttributeKey("BridleWorkspace", SearchAttributeType.KEYWORD),
  thread: defineSearchAttributeKey("BridleThread", SearchAttributeType.KEYWORD),
  run: defineSearchAttributeKey("BridleRun", SearchAttributeType.KEYWORD),
} as const;

/** A keyword in the server's own numbering of types. */
const INDEXED_KEYWORD = 2;
const REGISTER_TIMEOUT_MS = 5_000;

/** Registers our attributes where the server lets us; a server that does not is used without them. */
export async function registerSearchAttributes(client: Client, namespace: string): Promise<boolean> {
  const { operatorService } = client.connection as { operatorService?: OperatorService };
  if (operatorService === undefined) return false;
  const searchAttributes = Object.fromEntries(Object.values(KEYS).map((key) => [key.name, INDEXED_KEYWORD]));
  try {
    return await client.withDeadline(Date.now() + REGISTER_TIMEOUT_MS, async () => {
      await operatorService.addSearchAttributes({ namespace, searchAttributes });
      const known = await operatorService.listSearchAttributes({ namespace });
      return Object.values(KEYS).every((key) => known.customAttributes?.[key.name] === INDEXED_KEYWORD);
    });
  } catch {
    return false; // no permission, or a server without the operator API: both are ordinary
  }
}

/** The part of the connection's operator API that is used here; the SDK's interface leaves it out. */
interface OperatorService {
  addSearchAttributes(request: { namespace: string; searchAttributes: Record<string, number> }): Promise<unknown>;
  listSearchAttributes(request: {
    namespace: string;
  }): Promise<{ customAttributes?: Record<string, number | null> | null }>;
}

/** The attributes of one turn. */
export function turnAttributes(turn: { readonly [key in keyof typeof KEYS]: string }): TypedSearchAttributes {
  return new TypedSearchAttributes([
    { key: KEYS.tenant, value: turn.tenant },
    { key: KEYS.workspace, value: turn.workspace },
    { key: KEYS.thread, value: turn.thread },
    { key: KEYS.run, value: turn.run },
  ]);
}
