/** Bundles the workflow code once per build, so that no worker of a user has to run webpack at start. */
import { existsSync, writeFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import * as z from "zod";

const SOURCE_MAP = "//# sourceMappingURL=data:application/json;charset=utf-8;base64,";

const SourceMap = z.looseObject({ sources: z.array(z.string()), sourcesContent: z.array(z.string()).optional() });

/** Writes workflow-bundle.js beside the compiled modules and says what it did. */
export async function bundleWorkflows(root: string, dist: string): Promise<string> {
  const workflowsPath = join(dist, "workflows", "index.js");
  if (!existsSync(workflowsPath)) return "no workflow bundle: src/workflows/index.ts does not exist";
  // Our modules keep no state, so all workflows of a worker may share them: without this each start evaluates them anew, 1 to 2 ms.
  const preloadModules = [workflowsPath];
  const { code } = await bundleWorkflowCode({ workflowsPath, preloadModules, logger: new DefaultLogger("WARN") });
  const slim = withoutSources(code, root);
  writeFileSync(join(dist, "workflow-bundle.js"), slim);
  return `workflow bundle ${Math.round(slim.length / 1024)} KiB`;
}

/**
 * The worker insists on an inline map and uses its positions for stack traces. Published are the positions and
 * relative names: the sources would triple the file, and absolute names would tell where it was built.
 */
function withoutSources(code: string, root: string): string {
  const at = code.lastIndexOf("//# sourceMappingURL=data:");
  const encoded = code.slice(code.indexOf("base64,", at) + "base64,".length).trimEnd();
  const map = SourceMap.parse(JSON.parse(Buffer.from(encoded, "base64").toString("utf8")));
  const sources = map.sources.map((source) => (isAbsolute(source) ? relative(root, source) : source));
  const slim = { ...map, sources, sourcesContent: sources.map(() => "") };
  return code.slice(0, at) + SOURCE_MAP + Buffer.from(JSON.stringify(slim)).toString("base64");
}
