import { dirname } from "node:path";
import type { Environment } from "../../environment.ts";
import { InputError } from "../../protocol/errors.ts";
import type { Runtime } from "../../runtime/bind-runtime.ts";
import { createRuntime } from "../../runtime/create-runtime.ts";
import type { AppSpec } from "../../specs/app.ts";
import type { HostedApp, InterpreterName } from "../../specs/hosted-app.ts";
import type { RuntimeSpec } from "../../specs/runtime-spec.ts";
import { isSpec } from "../../specs/spec-kind.ts";
import { appError, type AppPlace, importApp, parseAppPlace } from "./import-app.ts";

/** An app as commands host it: bound once per workspace. */
export interface LoadedApp {
  readonly name: string;
  readonly description: string | undefined;
  readonly defaultWorkspace: string;
  readonly hosted: readonly HostedApp[];
  /** What the app knows and reads, as its definition says. */
  readonly dataEnvironment: AppSpec["dataEnvironment"];
  /** Where its relative paths start from. */
  readonly folder: string;
  /** What was decided about the model, for people; nothing when the app decides itself. */
  readonly notice: string | undefined;
}

/** Which app, and who answers for its model. */
export interface AppRequest {
  readonly app: string;
  readonly folder: string;
  readonly env: Environment;
  /** Overrides what the app says. */
  readonly interpreter: InterpreterName | undefined;
  /** Without a key the script in the prompt answers, instead of failing at the first prompt. */
  readonly scriptedWithoutKey: boolean;
}

/** Loads an app file: a `defineApp` value, a `defineRuntime` value, a runtime, or a function that returns one of these. */
export async function loadApp(request: AppRequest): Promise<LoadedApp> {
  const place = parseAppPlace(request.app, request.folder);
  const value = await settled(place, await importApp(place));
  const chosen = request.interpreter ?? (request.scriptedWithoutKey ? withoutKey(value, request.env) : undefined);
  const loaded = await bind(place, value, chosen);
  const isForced = request.interpreter === undefined && chosen !== undefined;
  return {
    ...loaded,
    notice: isForced
      ? `no ${keyVariable(value)} found, so the script in each prompt answers (add it to .env)`
      : undefined,
  };
}

type AppValue = AppSpec | RuntimeSpec | Runtime;

async function settled(place: AppPlace, exported: unknown): Promise<AppValue> {
  const value: unknown = typeof exported === "function" ? await called(place, exported) : await exported;
  if (isApp(value) || isRuntimeSpec(value) || isRuntime(value)) return value;
  const received = typeof exported === "function" ? `a function that returns ${describe(value)}` : describe(value);
  throw new InputError(
    "INPUT_INVALID",
    `${label(place)} is no app: expected a defineApp value, a defineRuntime value, a runtime or a function that returns one; received ${received}.`,
    { hint: "Export `defineApp({…})`, or name another export with --app file#export." },
  );
}

async function called(place: AppPlace, make: Function): Promise<unknown> {
  try {
    const value: unknown = await make();
    return value;
  } catch (error) {
    throw appError(place.file, error);
  }
}

function withoutKey(value: AppValue, env: Environment): InterpreterName | undefined {
  if (isRuntime(value) && value.app.interpreter === "scripted") return undefined;
  const spec = specOf(value);
  if (spec?.providers.anthropic.apiKey !== undefined) return undefined;
  const key = env[keyVariable(value)];
  return key === undefined || key === "" ? "scripted" : undefined;
}

/** The name of the variable with the model's key. */
function keyVariable(value: AppValue): string {
  return specOf(value)?.providers.anthropic.apiKeyEnv ?? "ANTHROPIC_API_KEY";
}

function specOf(value: AppValue): RuntimeSpec | undefined {
  if (isRuntime(value)) return value.app.spec;
  return isApp(value) ? value.runtimeSpec : value;
}

type Bound = Omit<LoadedApp, "notice">;

async function bind(place: AppPlace, value: AppValue, interpreter: InterpreterName | undefined): Promise<Bound> {
  if (isApp(value)) return bindWorkspaces(place, value, interpreter);
  const runtime = isRuntime(value) ? value : createRuntime(value);
  const hosted = interpreted(runtime.app, interpreter);
  return {
    name: hosted.app,
    description: undefined,
    defaultWorkspace: hosted.workspace,
    hosted: [hosted],
    dataEnvironment: undefined,
    folder: folderOf(place),
  };
}

async function bindWorkspaces(place: AppPlace, app: AppSpec, interpreter: InterpreterName | undefined): Promise<Bound> {
  const hosted: HostedApp[] = [];
  for (const { id } of app.workspaces) hosted.push(await bindWorkspace(place, app, { workspace: id, interpreter }));
  const { name, description, defaultWorkspace, dataEnvironment } = app;
  return { name, description, defaultWorkspace, hosted, dataEnvironment, folder: folderOf(place) };
}

interface Binding {
  readonly workspace: string;
  readonly interpreter: InterpreterName | undefined;
}

async function bindWorkspace(place: AppPlace, app: AppSpec, { workspace, interpreter }: Binding): Promise<HostedApp> {
  const { runtimeFactory, runtimeSpec, name } = app;
  if (runtimeFactory !== undefined) {
    const made = await called(place, () =>
      runtimeFactory({ workspace, ...(interpreter === undefined ? {} : { interpreter }) }),
    );
    if (!isRuntime(made)) {
      throw new InputError(
        "INPUT_INVALID",
        `${label(place)}: runtimeFactory must return a runtime; for workspace "${workspace}" it returned ${describe(made)}.`,
        { hint: "Return createRuntime(spec, {…})." },
      );
    }
    return { ...interpreted(made.app, interpreter), app: name, workspace };
  }
  // defineApp insists on one of the two.
  if (runtimeSpec === undefined)
    throw new InputError("INPUT_INVALID", `${label(place)} has neither runtimeSpec nor runtimeFactory.`);
  const data =
    app.dataEnvironment === undefined ? {} : { dataEnvironment: app.dataEnvironment, folder: folderOf(place) };
  return interpreted(createRuntime(runtimeSpec, { app: name, workspace, ...data }).app, interpreter);
}

/** Where the paths of an app start from: where it is written, not where somebody happens to start it. */
function folderOf({ file }: AppPlace): string {
  return dirname(file);
}

function interpreted(app: HostedApp, interpreter: InterpreterName | undefined): HostedApp {
  return interpreter === undefined ? app : { ...app, interpreter };
}

function isApp(value: unknown): value is AppSpec {
  return isSpec(value, "app");
}

function isRuntimeSpec(value: unknown): value is RuntimeSpec {
  return isSpec(value, "runtime-spec");
}

function isRuntime(value: unknown): value is Runtime {
  if (typeof value !== "object" || value === null) return false;
  const { app, query }: { app?: unknown; query?: unknown } = value;
  return typeof query === "function" && typeof app === "object" && app !== null && "spec" in app;
}

function label({ file, exportName }: AppPlace): string {
  return exportName === undefined ? file : `${file}#${exportName}`;
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return `an object with ${Object.keys(value).slice(0, 5).join(", ") || "no fields"}`;
  if (value === undefined) return "nothing";
  return typeof value === "string" ? "a text" : typeof value;
}
