import { selectProvider } from "../../activities/bind-app.ts";
import { anthropicProvider } from "../../models/anthropic.ts";
import type { ModelProvider } from "../../models/port.ts";
import type { ModelManifest } from "../../protocol/manifest.ts";
import { type CommandCall, isOn } from "../command.ts";
import type { LoadedApp } from "../open/load-app.ts";
import { SWITCHES } from "../settings/settings.ts";
import { broken, type Check, fine } from "./check.ts";

const KEY = "ANTHROPIC_API_KEY";

/** Whether the model's key is there, and with `--live` whether the provider takes it. Its value is nobody's business. */
export async function checkModel(call: CommandCall, app: LoadedApp | undefined): Promise<Check> {
  const providers = app?.hosted[0]?.spec.providers.anthropic;
  const name = providers?.apiKeyEnv ?? KEY;
  const isGiven = providers?.apiKey !== undefined || (call.env[name] ?? "") !== "";
  const fix = `Set ${name} or add it to .env; without it use --interpreter scripted.`;
  if (!isGiven) return { name: "model key", status: "warn", message: `${name} is not set`, fix };
  const set = providers?.apiKey === undefined ? `${name} is set` : "the app gives the key";
  if (!isOn(call, SWITCHES.live)) return fine("model key", `${set}; --live asks the provider`);
  try {
    const { provider, model } = liveModel(call, app);
    if (provider.name !== "anthropic") return fine("model key", `${set}; the app answers with ${provider.name}`);
    await provider.call(question(model), { signal: AbortSignal.timeout(LIVE_TIMEOUT_MS), onDelta: () => undefined });
    return fine("model key", `${set}, and ${model} answered`);
  } catch (error) {
    return broken("model key", error);
  }
}

const LIVE_TIMEOUT_MS = 30_000;
/** Asked when no app says which model it uses. */
const CHEAP_MODEL = "claude-haiku-4-5";

function liveModel({ env }: CommandCall, app: LoadedApp | undefined): { provider: ModelProvider; model: string } {
  const hosted = app?.hosted[0];
  if (hosted === undefined) {
    const baseURL = env["ANTHROPIC_BASE_URL"];
    const provider = anthropicProvider({
      apiKey: env[KEY] ?? "",
      keyName: KEY,
      ...(baseURL === undefined ? {} : { baseURL }),
    });
    return { provider, model: CHEAP_MODEL };
  }
  const { entry, agents } = hosted.spec.manifest;
  const agent = agents[entry ?? ""] ?? Object.values(agents)[0];
  return { provider: selectProvider(hosted, env), model: agent?.model.id ?? CHEAP_MODEL };
}

/** One token is enough to know that the key, the address and the name of the model are right. */
function question(id: string): Parameters<ModelProvider["call"]>[0] {
  const model: ModelManifest = { id, provider: "anthropic", maxTokens: 1 };
  const messages = [{ role: "user" as const, parts: [{ type: "text" as const, text: "Hi" }] }];
  return { model, system: { cacheKey: "doctor", layers: [] }, tools: [], messages, seed: "doctor" };
}
