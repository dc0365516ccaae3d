import { resolve } from "node:path";
import { type Environment, processEnvironment } from "../environment.ts";
import { withoutUndefined } from "../lib/without-undefined.ts";
import { SpecError } from "../protocol/errors.ts";
import { Scope } from "../protocol/ids.ts";
import { missingKey } from "../specs/agents/model-key.ts";
import { checkServedPlan } from "../specs/dispatchers/check-served-plan.ts";
import { normaliseDispatcher } from "../specs/dispatchers/dispatcher.ts";
import type { HostedApp } from "../specs/hosted-app.ts";
import type { RuntimeSpec } from "../specs/runtime-spec.ts";
import { NO_SERVICES } from "../specs/tools/tool-context.ts";
import { readSigningKey } from "./approvals/key-file.ts";
import { programApprovals } from "./approvals/program-approvals.ts";
import { bindRuntime, type Runtime } from "./bind-runtime.ts";
import { boundEnvironment } from "./bound-environment.ts";
import { checkPredicates } from "./check-predicates.ts";
import { refuseUnknownOptions } from "./known-options.ts";
import { lazily } from "./lazy-session.ts";
import type { RuntimeOptions } from "./options.ts";
import { openSession, type SessionOptions } from "./session.ts";

/**
 * Binds a spec to this process: its services, its model, its Temporal server and its state store. Without options it runs on an
 * embedded server and a file in `.bridle`.
 *
 * @example
 * const runtime = createRuntime(spec, { interpreter: "scripted" });
 * for await (const event of runtime.query("hello")) console.log(event.type);
 * await runtime.close();
 */
export function createRuntime(spec: RuntimeSpec, options: RuntimeOptions = {}): Runtime {
  refuseUnknownOptions(options);
  const app = hostedApp(spec, options);
  const env = processEnvironment();
  const { approvals, keyFile, prepare } = programApprovals(options.approvals ?? {}, env, homeOf(options, env));
  const bound = { ...app, approvals };
  return bindRuntime(
    bound,
    lazily(async () => {
      if (options.worker !== false) {
        prepare();
        warnOfMissingKey(bound, env);
      }
      return openSession(sessionOptions(bound, options));
    }),
    () => readSigningKey(keyFile),
  );
}

/** Once, when the session opens; runs that are told of it only one by one are hard to make sense of. */
function warnOfMissingKey(app: HostedApp, env: Environment): void {
  const warning = missingKey(app, env, 'interpreter: "scripted"');
  if (warning !== undefined) process.emitWarning(warning, { type: "BridleWarning", code: "MODEL_KEY_MISSING" });
}

function hostedApp(spec: RuntimeSpec, options: RuntimeOptions): HostedApp {
  const tenant = spec.manifest.tenant.id;
  const dataEnvironment = boundEnvironment(spec, options);
  const {
    app = tenant,
    workspace = dataEnvironment?.workspaceId ?? "default",
    services = NO_SERVICES,
    interpreter = "anthropic",
    testing = {},
  } = options;
  const scope = Scope.safeParse({ tenant, workspace });
  if (!scope.success) {
    throw new SpecError(
      "SPEC_INVALID",
      `createRuntime(): workspace must be an id of letters, digits, dots, colons, dashes and underscores; received ${JSON.stringify(workspace)}.`,
    );
  }
  const { approvalPredicates = {} } = options;
  if (options.worker !== false) checkPredicates(spec, approvalPredicates);
  const data = dataEnvironment === undefined ? {} : { dataEnvironment };
  const hosted = { app, tenant, workspace, spec, services, interpreter, testing, approvalPredicates, ...data };
  const { actionDispatcher } = options;
  if (actionDispatcher === undefined) return hosted;
  const dispatcher = normaliseDispatcher(actionDispatcher);
  checkServedPlan(app, spec, dispatcher);
  return { ...hosted, actionDispatcher: dispatcher };
}

function sessionOptions(app: HostedApp, options: RuntimeOptions): SessionOptions {
  const env = processEnvironment();
  const { store, temporal, knobs, onProgress, worker = true } = options;
  return {
    env,
    home: homeOf(options, env),
    hosted: worker ? [app] : [],
    startServer: worker,
    ...withoutUndefined({ store, temporal, knobs, onProgress }),
  };
}

function homeOf({ home }: RuntimeOptions, env: Environment): string {
  return resolve(home ?? env.BRIDLE_HOME ?? ".bridle");
}
