import { existsSync } from "node:fs";
import { InputError, StateError } from "../../protocol/errors.ts";
import { Scope } from "../../protocol/ids.ts";
import type { StorePlace } from "../../runtime/place.ts";
import { openStateStore } from "../../state/open-state-store.ts";
import type { StateStore } from "../../state/port.ts";
import { type CommandCall, valueOf } from "../command.ts";
import { InputRequired } from "../failure.ts";
import { SETTINGS } from "../settings/settings.ts";
import { readAppRecord } from "./app-record.ts";
import { projectOf } from "./project.ts";

/** The data of one tenant and workspace; needs neither an app nor a server. */
export interface OpenScope extends StorePlace {
  close(): Promise<void>;
}

/** Opens the store that exists and chooses the scope to look at. */
async function openScope(call: CommandCall): Promise<OpenScope> {
  const { store: url, storeFile } = projectOf(call);
  if (storeFile !== undefined && !existsSync(storeFile)) {
    throw new StateError("STORE_UNAVAILABLE", `There is no state store yet: expected ${storeFile}.`, {
      hint: "Run the command in the project's folder, or name its data with --data-dir or --store.",
    });
  }
  const store = await openStateStore({ url });
  try {
    const scope = await scopeOf(call, store);
    return { scope, store: store.in(scope), close: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Runs a piece of work on the scope of the call and closes what it opened. */
export async function withScope<Result>(
  call: CommandCall,
  work: (open: OpenScope) => Promise<Result>,
): Promise<Result> {
  const open = await openScope(call);
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}

async function scopeOf(call: CommandCall, store: StateStore): Promise<Scope> {
  const named = await namedScope(call);
  const { tenant, workspace } = named;
  if (tenant !== undefined && workspace !== undefined) return Scope.parse({ tenant, workspace });
  const used = await store.scopes();
  const declared = readAppRecord(projectOf(call).home)?.scopes ?? [];
  const scopes = fittingScopes({ used, declared }, named);
  const [only] = scopes;
  if (only !== undefined && scopes.length === 1) return only;
  if (only === undefined) throw noScope(named, [...used, ...declared]);
  throw new InputRequired("INPUT_INVALID", `The state store holds several workspaces: ${listed(scopes)}.`, {
    hint: "Choose one with --tenant and --workspace.",
  });
}

interface KnownScopes {
  /** Something ran in them. */
  readonly used: readonly Scope[];
  /** The app of this project has them, its default one first. */
  readonly declared: readonly Scope[];
}

/** A workspace that was declared and never used is empty, not unknown. */
function fittingScopes({ used, declared }: KnownScopes, named: NamedScope): readonly Scope[] {
  const inUse = used.filter((scope) => fits(scope, named));
  if (inUse.length > 0) return inUse;
  const isNamed = named.tenant !== undefined || named.workspace !== undefined;
  return isNamed ? declared.filter((scope) => fits(scope, named)) : declared.slice(0, 1);
}

function noScope({ tenant, workspace }: NamedScope, known: readonly Scope[]): InputError {
  if (known.length === 0) {
    return new InputError("WORKSPACE_UNKNOWN", "The state store is empty, and no app was hosted in this project yet.", {
      hint: "Start it first: `bridle dev --app ./app.ts`; or correct --data-dir or --store.",
    });
  }
  const asked = workspace === undefined ? `tenant ${JSON.stringify(tenant)}` : `workspace ${JSON.stringify(workspace)}`;
  const of = tenant === undefined || workspace === undefined ? "" : ` of tenant ${JSON.stringify(tenant)}`;
  return new InputError("WORKSPACE_UNKNOWN", `There is no ${asked}${of} here: expected one of ${listed(known)}.`, {
    hint: "Correct --workspace and --tenant, or name the app that declares it with --app.",
  });
}

function listed(scopes: readonly Scope[]): string {
  return [...new Set(scopes.map(({ tenant, workspace }) => `${tenant}/${workspace}`))].join(", ");
}

interface NamedScope {
  readonly tenant: string | undefined;
  readonly workspace: string | undefined;
}

function fits(scope: Scope, { tenant, workspace }: NamedScope): boolean {
  return (tenant ?? scope.tenant) === scope.tenant && (workspace ?? scope.workspace) === scope.workspace;
}

/** Flags first; an app gives what they leave open. */
async function namedScope(call: CommandCall): Promise<NamedScope> {
  const tenant = valueOf(call, SETTINGS.tenant);
  const workspace = valueOf(call, SETTINGS.workspace);
  if (valueOf(call, SETTINGS.app) === undefined) return { tenant, workspace };
  const { appOf } = await import("./open-app.ts");
  const app = await appOf(call);
  const chosen = workspace ?? app.defaultWorkspace;
  const hosted = app.hosted.find((bound) => bound.workspace === chosen);
  return { tenant: tenant ?? hosted?.tenant, workspace: chosen };
}
