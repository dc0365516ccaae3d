import { type CommandCall, valueOf } from "../command.ts";
import { appOf } from "../open-app.ts";
import { SETTINGS } from "../settings.ts";
import { broken, type Check, fine } from "./check.ts";

/** The app, when one was named. */
export async function checkApp(call: CommandCall): Promise<readonly Check[]> {
  try {
    if (valueOf(call, SETTINGS.app) === undefined) return [];
    const { name, hosted } = await appOf(call, { scriptedWithoutKey: true });
    return [fine("app", `${name}: ${hosted.map(({ workspace }) => workspace).join(", ")}`)];
  } catch (error) {
    return [broken("app", error)];
  }
}

const KEY = "ANTHROPIC_API_KEY";

/** Whether the model's key is there; its value is nobody's business. */
export function checkKey({ env }: CommandCall): Check {
  if (env[KEY] !== undefined && env[KEY] !== "") return fine("model key", `${KEY} is set`);
  const fix = `Set ${KEY} or add it to .env; without it use --interpreter scripted.`;
  return { name: "model key", status: "warn", message: `${KEY} is not set`, fix };
}
