import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { bindRuntime, type Runtime } from "../../src/runtime/bind-runtime.ts";
import { lazily } from "../../src/runtime/lazy-session.ts";
import { approvalProof } from "../../src/runtime/approvals/approval-proof.ts";
import type { SigningKey } from "../../src/runtime/approvals/key-file.ts";
import { openSession, type Session, type SessionOptions } from "../../src/runtime/session.ts";
import type { HostedApp } from "../../src/specs/hosted-app.ts";
import type { RuntimeSpec } from "../../src/specs/runtime-spec.ts";
import { NO_SERVICES } from "../../src/specs/tools/tool-context.ts";

/** A runtime on the server that all test files share, with a task queue, a tenant's store and a folder of its own. */
export interface OpenRuntime extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly session: Session;
  readonly home: string;
}

/** What a test may change about its runtime. */
export interface OpenRuntimeOptions extends Partial<
  Pick<
    HostedApp,
    | "dataEnvironment"
    | "interpreter"
    | "testing"
    | "services"
    | "workspace"
    | "actionDispatcher"
    | "approvals"
    | "approvalPredicates"
  >
> {
  readonly session?: Partial<SessionOptions>;
  /** The key this runtime signs its answers with. */
  readonly signingKey?: () => SigningKey | null;
}

/** Opens a runtime for one test; `await using` closes it and removes its folder. */
export async function openRuntime(spec: RuntimeSpec, options: OpenRuntimeOptions = {}): Promise<OpenRuntime> {
  const home = options.session?.home ?? mkdtempSync(join(tmpdir(), "bridle-runtime-"));
  const app = testApp(spec, options);
  const session = await openSession({
    env: {},
    home,
    hosted: [app],
    startServer: false,
    temporal: { address: inject("temporalAddress"), taskQueue: uniqueName("queue") },
    workflowBundlePath: inject("workflowBundlePath"),
    ...options.session,
  });
  const lazy = lazily(async () => session);
  const runtime = bindRuntime(app, lazy, options.signingKey);
  await runtime.ready();
  return {
    runtime,
    session,
    home,
    async [Symbol.asyncDispose]() {
      await lazy.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The app of a test: its workflow ids must not meet those of another test on the shared server. */
export function testApp(
  spec: RuntimeSpec,
  { interpreter = "scripted", testing = {}, services = NO_SERVICES, workspace, ...plans }: OpenRuntimeOptions = {},
): HostedApp {
  const tenant = spec.manifest.tenant.id;
  const { actionDispatcher, approvalPredicates, dataEnvironment, approvals = approvalProof("open", () => []) } = plans;
  return {
    app: tenant,
    tenant,
    workspace: workspace ?? uniqueName("ws"),
    spec,
    services,
    interpreter,
    testing,
    ...(dataEnvironment === undefined ? {} : { dataEnvironment }),
    ...(actionDispatcher === undefined ? {} : { actionDispatcher }),
    approvals,
    ...(approvalPredicates === undefined ? {} : { approvalPredicates }),
  };
}

/** A name that no other test uses. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString("hex")}`;
}
