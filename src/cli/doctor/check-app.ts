import { type CommandCall, valueOf } from "../command.ts";
import type { LoadedApp } from "../open/load-app.ts";
import { appOf } from "../open/open-app.ts";
import { SETTINGS } from "../settings/settings.ts";
import { broken, type Check, fine } from "./check.ts";

/** The app, when one was named and loads, and what there is to say of it. */
export interface AppHealth {
  readonly app: LoadedApp | undefined;
  readonly checks: readonly Check[];
}

/** Loads the app that was named, as the other commands do. */
export async function checkApp(call: CommandCall): Promise<AppHealth> {
  try {
    if (valueOf(call, SETTINGS.app) === undefined) return { app: undefined, checks: [] };
    const app = await appOf(call, { scriptedWithoutKey: true });
    const { name, hosted } = app;
    return { app, checks: [fine("app", `${name}: ${hosted.map(({ workspace }) => workspace).join(", ")}`)] };
  } catch (error) {
    return { app: undefined, checks: [broken("app", error)] };
  }
}
