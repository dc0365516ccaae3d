import { join, resolve } from "node:path";

/** Two companies that use the same app and never see each other's data. */
export const WORKSPACES = ["acme", "globex"] as const;
/** One of them. */
export type Workspace = (typeof WORKSPACES)[number];

/** Where a workspace keeps its files. */
export interface WorkspaceFolder {
  /** The company's database; agents only ever read it. */
  readonly target: string;
  /** What approved plans change. */
  readonly prices: string;
  readonly dataEnvironment: string;
}

/** The files of a workspace below `root`; the variable CATALOG_DEMO_HOME, or a folder of the project, unless said. */
export function workspaceFolder(
  workspace: string,
  root: string = process.env["CATALOG_DEMO_HOME"] ?? ".bridle/coordinator-planner-executor",
): WorkspaceFolder {
  const at = resolve(root, workspace);
  return {
    target: join(at, "target.db"),
    prices: join(at, "prices.db"),
    dataEnvironment: join(at, "data-environment.json"),
  };
}

/** Whether a workspace is one of ours. */
export function isWorkspace(id: string): id is Workspace {
  return WORKSPACES.some((workspace) => workspace === id);
}
