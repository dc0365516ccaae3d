import { openWorkspaceData } from "../catalog/workspace-data.ts";
import { anthropicProvider } from "../models/anthropic.ts";
import { mockProvider } from "../models/mock.ts";
import type { ModelProvider } from "../models/port.ts";
import { scriptedProvider } from "../models/scripted.ts";
import { StateError } from "../protocol/errors.ts";
import { MODEL_ATTEMPTS } from "../protocol/limits/model.ts";
import { checkServedPlan } from "../specs/dispatchers/check-served-plan.ts";
import { normaliseDispatcher } from "../specs/dispatchers/dispatcher.ts";
import type { ApprovalProof, HostedApp } from "../specs/hosted-app.ts";
import type { AppBinding, BindRequest, ModelRetry } from "./host.ts";

/** The environment of the process, for keys that are named by variable. */
type Environment = Readonly<Record<string, string | undefined>>;

/** The apps of a process, bound to its data and code. */
export interface AppBinder {
  /** Finds the app a turn asks for among those this process hosts. */
  bind(this: void, request: BindRequest): Promise<AppBinding>;
  /** Makes ready what must be before any work: indexes that are built at the start. */
  prepare(): Promise<void>;
  /** Ends connections and processes of the apps' data. */
  close(): Promise<void>;
}

/** Binds the apps that this process hosts; nothing is opened yet. */
export function appBinder(definitions: readonly HostedApp[], env: Environment): AppBinder {
  const bindings = definitions.map((definition) => bindApp(definition, env));
  return {
    bind: async (request) => {
      const found = bindings.find((binding) => isAsked(binding, request));
      if (found === undefined) throw unknownApp(bindings, request);
      return found;
    },
    prepare: async () => {
      for (const { data } of bindings) await data.prepare();
    },
    close: async () => {
      await Promise.all(bindings.map(({ data }) => data.close()));
    },
  };
}

function bindApp(definition: HostedApp, env: Environment): AppBinding {
  const { app, tenant, workspace, spec, services } = definition;
  const provider = selectProvider(definition, env);
  const { actionDispatcher, approvals = NO_APPROVALS } = definition;
  const dispatcher = actionDispatcher === undefined ? null : normaliseDispatcher(actionDispatcher);
  if (dispatcher !== null) checkServedPlan(app, spec, dispatcher);
  return {
    app,
    tenant,
    workspace,
    spec,
    services,
    provider: () => provider,
    modelRetry: modelRetry(definition),
    dispatcher,
    approvals,
    data: openWorkspaceData(definition.dataEnvironment ?? null, { tenantId: tenant, workspaceId: workspace }),
    approvalPredicates: definition.approvalPredicates ?? {},
  };
}

/** Closed, not open: a program that did not say how answers are proven accepts none. */
const NO_APPROVALS: ApprovalProof = {
  mode: "signed",
  verify: () => ({ kind: "refused", reason: "This worker was given no key to check signatures with." }),
};

/** A request without a workspace means the first one that the app was started with. */
function isAsked(binding: AppBinding, { app, tenant, workspace }: BindRequest): boolean {
  return (
    binding.app === app &&
    (tenant === undefined || tenant === binding.tenant) &&
    (workspace === undefined || workspace === binding.workspace)
  );
}

/** The model that answers for an app, as its spec, its interpreter and the environment say. */
export function selectProvider({ spec, interpreter, testing }: HostedApp, env: Environment): ModelProvider {
  if (testing.mockResponse !== undefined) return mockProvider(testing.mockResponse);
  if (interpreter === "scripted") return scriptedProvider(testing);
  const {
    apiKey,
    apiKeyEnv = "ANTHROPIC_API_KEY",
    baseURL = env.ANTHROPIC_BASE_URL,
    idleTimeoutMs,
  } = spec.providers.anthropic;
  return anthropicProvider({
    apiKey: apiKey ?? ((): string | undefined => env[apiKeyEnv]),
    keyName: apiKey === undefined ? apiKeyEnv : "providers.anthropic.apiKey",
    ...(baseURL === undefined ? {} : { baseURL }),
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
  });
}

function modelRetry({ spec }: HostedApp): ModelRetry {
  const { maxAttempts = MODEL_ATTEMPTS, initialMs = 1_000, maxMs = 30_000 } = spec.providers.anthropic.retry ?? {};
  return { maxAttempts, initialMs, maxMs };
}

function unknownApp(bindings: readonly AppBinding[], { app, tenant, workspace }: BindRequest): StateError {
  const asked = [tenant, workspace, app].filter((part) => part !== undefined).join("/");
  const hosted = bindings.map((binding) => `${binding.tenant}/${binding.workspace}/${binding.app}`).join(", ");
  return new StateError("SPEC_MISSING", `This worker does not host app "${asked}"; it hosts ${hosted}.`, {
    retryable: true,
    hint: "Start a worker with that app on this task queue, or correct `app` in the input.",
  });
}
