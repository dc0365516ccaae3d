import { Client } from "@temporalio/client";
import { connectClient, resolveTemporal, type TemporalTarget } from "../../runtime/temporal/connect-temporal.ts";
import { type CommandCall, valueOf } from "../command.ts";
import { SETTINGS } from "../settings/settings.ts";
import { projectOf, temporalEnvironment } from "./project.ts";

/** The server of this call: by flag, by environment, or the one that runs for the project. None is started. */
export async function findTarget(call: CommandCall): Promise<TemporalTarget> {
  const namespace = valueOf(call, SETTINGS.namespace);
  const { home } = projectOf(call);
  const env = temporalEnvironment(call);
  return resolveTemporal({ env, home, start: "never", ...(namespace === undefined ? {} : { namespace }) });
}

/** Runs a piece of work with a client of that server; neither a store nor an app is needed. */
export async function withClient<Result>(
  call: CommandCall,
  work: (client: Client, target: TemporalTarget) => Promise<Result>,
): Promise<Result> {
  const target = await findTarget(call);
  const connection = await connectClient(target);
  try {
    return await work(new Client({ connection, namespace: target.namespace }), target);
  } finally {
    await connection.close();
  }
}
