import { StateError } from "../../protocol/errors.ts";
import type { ScopePlace, StorePlace } from "../../runtime/place.ts";
import { openSession, type Session } from "../../runtime/session.ts";
import type { CommandCall } from "../command.ts";
import { sessionOptions } from "./project.ts";

/** Runs a piece of work that needs the server too. */
export async function withServer<Result>(
  call: CommandCall,
  { scope, store }: StorePlace,
  work: (place: ScopePlace) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(sessionOptions(call, { hosted: [], startServer: false }));
  try {
    return await work({ session, scope, store });
  } finally {
    await session.close();
  }
}

/** The server for work that is only better with one: null when none can be reached, and `--verbose` says why. */
export async function openServerIfAny(call: CommandCall): Promise<Session | null> {
  try {
    return await openSession(sessionOptions(call, { hosted: [], startServer: false }));
  } catch (error) {
    if (!(error instanceof StateError) || !error.code.startsWith("TEMPORAL_")) throw error;
    call.output.detail(error.message);
    return null;
  }
}
