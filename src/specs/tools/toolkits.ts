import type { JsonObject } from "../../protocol/json.ts";
import { CATALOG_TOOLKIT, CATALOG_TOOL_NAMES, catalogTools } from "./catalog-toolkit.ts";
import type { ToolSpec } from "./tool.ts";

/** A set of ready-made tools that agents bind by id. */
export interface Toolkit {
  readonly id: string;
  /** The names of its tools. */
  readonly tools: readonly string[];
  /** The tools of these names. */
  make(this: void, names: readonly string[]): readonly ToolSpec[];
}

/** The toolkits of this version. Adding one here makes its id known to `defineRuntime`. */
export const TOOLKITS: readonly Toolkit[] = [{ id: CATALOG_TOOLKIT, tools: CATALOG_TOOL_NAMES, make: catalogTools }];

/** A toolkit as a runtime declares it. */
export interface DeclaredToolkit {
  readonly id: string;
  readonly config?: JsonObject;
}

/** The names of a declared toolkit's tools: all of them, or those that its config lists. */
export function toolkitToolNames({ id, config }: DeclaredToolkit): readonly string[] {
  const toolkit = TOOLKITS.find((candidate) => candidate.id === id);
  const listed = config?.["tools"];
  if (toolkit === undefined) return [];
  return Array.isArray(listed) ? toolkit.tools.filter((name) => listed.includes(name)) : toolkit.tools;
}

/** The tools that an agent has from toolkits. */
export function toolkitTools(
  agent: { readonly toolkits: readonly string[] },
  declared: readonly DeclaredToolkit[],
): readonly ToolSpec[] {
  return declared
    .filter(({ id }) => agent.toolkits.includes(id))
    .flatMap((use) => TOOLKITS.find(({ id }) => id === use.id)?.make(toolkitToolNames(use)) ?? []);
}
