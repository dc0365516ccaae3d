import type { DataEnvironment } from "../../data/data-environment.ts";
import { databaseIdOf } from "../../data/name-target.ts";
import { readDataEnvironment } from "../../data/read-data-environment.ts";
import { type CommandCall, isOn, valueOf } from "../command.ts";
import type { LoadedApp } from "../open/load-app.ts";
import { DEFAULT_TENANT } from "../open/open-data.ts";
import { DATA_ENVIRONMENT_SETTING } from "../settings/global-flags.ts";
import { SETTINGS, SWITCHES } from "../settings/settings.ts";
import { broken, type Check, fine } from "./check.ts";
import { checkCatalog, checkKeyValue } from "./check-catalog.ts";
import { checkTarget } from "./check-target.ts";

/** Every database of the data environment that the call names, else of the app's. */
export async function checkData(call: CommandCall, app: LoadedApp | undefined): Promise<readonly Check[]> {
  try {
    const environment = environmentOf(call, app);
    if (environment === undefined) return [];
    const location = environment.targetDatabase;
    const place = {
      environment,
      scope: {
        tenantId: valueOf(call, SETTINGS.tenantId) ?? environment.tenantId ?? app?.hosted[0]?.tenant ?? DEFAULT_TENANT,
        workspaceId: valueOf(call, SETTINGS.workspaceId) ?? environment.workspaceId,
      },
      databaseId: location === null ? null : (valueOf(call, SETTINGS.databaseId) ?? databaseIdOf(location)),
      mends: isOn(call, SWITCHES.fix),
    };
    const [target, catalog, keyValue] = await Promise.all([
      location === null ? [] : checkTarget(location),
      checkCatalog(place),
      checkKeyValue(place),
    ]);
    const { tenantId, workspaceId } = place.scope;
    const read = fine("data environment", `${environment.source}, tenant ${tenantId}, workspace ${workspaceId}`);
    return [read, ...target, ...keyValue, ...catalog];
  } catch (error) {
    return [broken("data environment", error)];
  }
}

function environmentOf(call: CommandCall, app: LoadedApp | undefined): DataEnvironment | undefined {
  const named = valueOf(call, DATA_ENVIRONMENT_SETTING);
  const source = named ?? app?.dataEnvironment;
  if (source === undefined) return undefined;
  const tenantId = valueOf(call, SETTINGS.tenantId) ?? app?.hosted[0]?.tenant;
  const { env } = call;
  const folder = named === undefined ? (app?.folder ?? call.folder) : call.folder;
  return readDataEnvironment(source, { env, folder, ...(tenantId === undefined ? {} : { tenantId }) });
}
