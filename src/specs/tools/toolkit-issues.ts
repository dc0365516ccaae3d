import { describeValue } from "../describe-value.ts";
import { joinPath } from "../field-path.ts";
import { type SpecIssue, wrongField } from "../spec-issue.ts";
import { type DeclaredToolkit, TOOLKITS } from "./toolkits.ts";

/** What is wrong with a toolkit's id: nothing when the package brings it. */
export function toolkitIssues(id: string, path: string): readonly SpecIssue[] {
  const known = TOOLKITS.map((toolkit) => toolkit.id);
  return known.includes(id)
    ? []
    : [wrongField(path, `one of the known toolkits (${known.join(", ") || "there is none yet"})`, describeValue(id))];
}

/** What is wrong with a toolkit's config, which narrows it to some of its tools and says nothing else. */
export function toolkitConfigIssues({ id, config = {} }: DeclaredToolkit, path: string): readonly SpecIssue[] {
  const known = TOOLKITS.find((toolkit) => toolkit.id === id)?.tools;
  if (known === undefined) return [];
  const unknown = Object.keys(config).filter((key) => key !== "tools");
  const tools = config["tools"] ?? known;
  const wrong =
    Array.isArray(tools) && tools.length > 0 ? tools.filter((name) => !known.some((own) => own === name)) : [tools];
  return [
    ...unknown.map((key) =>
      wrongField(joinPath(path, key), "left out: a toolkit takes only tools", describeValue(config[key])),
    ),
    ...wrong.map((name) =>
      wrongField(`${path}.tools`, `names of its tools (${known.join(", ")})`, describeValue(name)),
    ),
  ];
}
