import type { HostedApp, InterpreterName } from "../hosted-app.ts";

/** Who answers for the model of a hosted app, and whether the key it needs is there. */
export interface ModelKey {
  readonly interpreter: InterpreterName;
  /** `not-needed` where a script or a mock answers. */
  readonly key: "set" | "missing" | "not-needed";
}

/** Looks for the key of an app's model; its value stays where it is. */
export function modelKey(app: ModelledApp, env: Variables): ModelKey {
  const { interpreter, testing, spec } = app;
  if (interpreter === "scripted" || testing.mockResponse !== undefined) return { interpreter, key: "not-needed" };
  const given = spec.providers.anthropic.apiKey ?? env[keyVariable(app)] ?? "";
  return { interpreter, key: given === "" ? "missing" : "set" };
}

/** What to tell whoever starts a worker whose model has no key; nothing when it has one or needs none. */
export function missingKey(app: ModelledApp, env: Variables, scripted: string): string | undefined {
  if (modelKey(app, env).key !== "missing") return undefined;
  const variable = keyVariable(app);
  return `${variable} is not set: every run of "${app.app}" will fail at its first model call. Set ${variable}, or use ${scripted} to work without a model.`;
}

type ModelledApp = Pick<HostedApp, "app" | "interpreter" | "testing" | "spec">;
type Variables = Readonly<Record<string, string | undefined>>;

function keyVariable({ spec }: ModelledApp): string {
  return spec.providers.anthropic.apiKeyEnv ?? "ANTHROPIC_API_KEY";
}
