import { parse } from "yaml";
import * as z from "zod";
import { KNOWLEDGE_FRONT_MATTER_CHARS } from "../../protocol/limits/knowledge.ts";

/** A text without its front matter, and what that said. */
export interface SplitText {
  readonly frontMatter: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly notes: readonly string[];
}

/** Takes the YAML between two lines of `---` off the beginning of a text. What is no map of names is ignored, and said. */
export function splitFrontMatter(text: string): SplitText {
  const none = { frontMatter: {}, body: text, notes: [] };
  if (!text.startsWith("---\n")) return none;
  const end = text.indexOf("\n---", 3);
  const afterEnd = end < 0 ? "" : text.slice(end + 4, end + 5);
  if (end < 0 || (afterEnd !== "" && afterEnd !== "\n")) return none;
  const body = text.slice(end + 5);
  const yaml = text.slice(4, end + 1);
  if (yaml.length > KNOWLEDGE_FRONT_MATTER_CHARS) {
    const note = `front matter ignored: ${yaml.length} characters; at most ${KNOWLEDGE_FRONT_MATTER_CHARS} are read`;
    return { frontMatter: {}, body, notes: [note] };
  }
  return { body, ...parseYaml(yaml) };
}

/** Aliases are bounded, so that a small file cannot become a large value. */
const YAML_OPTIONS = { maxAliasCount: 20, prettyErrors: false, logLevel: "error" } as const;

function parseYaml(yaml: string): Omit<SplitText, "body"> {
  try {
    const value: unknown = parse(yaml, YAML_OPTIONS);
    if (value === null || value === undefined) return { frontMatter: {}, notes: [] };
    const { data } = z.record(z.string(), z.unknown()).safeParse(value);
    return data === undefined
      ? { frontMatter: {}, notes: ["front matter ignored: it is no map of names to values"] }
      : { frontMatter: data, notes: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 120) : "it is no YAML";
    return { frontMatter: {}, notes: [`front matter ignored: ${reason}`] };
  }
}
