import { existsSync } from "node:fs";
import { join } from "node:path";
import { createRuntime, defineApp, type Runtime, type RuntimeBinding } from "bridle";
import { runtimeSpec } from "./agents.ts";
import { PriceDesk, priceDispatcher } from "./price-desk.ts";
import { isWorkspace, WORKSPACES, workspaceFolder } from "./workspace-folder.ts";

/** Binds the team to one workspace's data. Without a key and without `interpreter` a script stands in for the model. */
export function catalogRuntime({ workspace, interpreter, testing }: RuntimeBinding, root?: string): Runtime {
  if (!isWorkspace(workspace)) throw new Error(`There is no workspace "${workspace}": use ${WORKSPACES.join(" or ")}.`);
  const { dataEnvironment, prices } = workspaceFolder(workspace, root);
  if (!existsSync(dataEnvironment)) throw new Error(`${dataEnvironment} does not exist. Run the command seed first.`);
  return createRuntime(runtimeSpec, {
    app: "coordinator-planner-executor",
    workspace,
    interpreter: interpreter ?? (process.env["ANTHROPIC_API_KEY"] === undefined ? "scripted" : "anthropic"),
    ...(testing === undefined ? {} : { testing }),
    ...(root === undefined ? {} : { home: join(root, ".bridle") }),
    dataEnvironment,
    actionDispatcher: priceDispatcher(new PriceDesk(prices)),
    onProgress: (line) => console.error(line),
  });
}

export const app = defineApp({
  name: "coordinator-planner-executor",
  description: "A coordinator, an analyst, a planner and an executor that change prices once people approve.",
  workspaces: WORKSPACES,
  defaultWorkspace: "acme",
  runtimeSpec,
  runtimeFactory: (binding) => catalogRuntime(binding),
});
