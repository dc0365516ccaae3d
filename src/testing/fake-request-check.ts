import * as z from "zod";

/**
 * The rules of the Messages API that a client can break without noticing, in the API's own terms. Returns the complaint of the
 * first broken rule, or undefined.
 */
export function checkFakeRequest(body: unknown): string | undefined {
  const parsed = Body.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "invalid"}`;
  }
  const { messages, system = [], tools = [] } = parsed.data;
  if (messages[0]?.role !== "user") return "messages: first message must use the user role";
  if (new Set(tools.map((tool) => tool.name)).size < tools.length) return "tools: tool names must be unique";
  const blocks = messages.map((message) => (typeof message.content === "string" ? [] : message.content));
  const marks = [...blocks.flat(), ...tools, ...(typeof system === "string" ? [] : system)].filter(
    (block) => block.cache_control != null,
  );
  if (marks.length > 4) return `a maximum of 4 blocks with cache_control may be provided, found ${marks.length}`;
  for (const [index, content] of blocks.entries()) {
    const complaint =
      blockComplaint(content) ??
      pairComplaint(content, blocks[index + 1]) ??
      orphanComplaint(content, blocks[index - 1]);
    if (complaint !== undefined) return `messages.${index}: ${complaint}`;
  }
  return undefined;
}

const toolName = z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/);
const Block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  id: z
    .string()
    .regex(/^[a-zA-Z0-9_-]+$/)
    .optional(),
  tool_use_id: z.string().optional(),
  input: z.record(z.string(), z.unknown()).optional(),
  signature: z.string().optional(),
  cache_control: z.unknown().optional(),
});
type Block = z.infer<typeof Block>;

const Body = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.number().int().positive(),
  system: z.union([z.string(), z.array(Block)]).optional(),
  tools: z
    .array(
      z.looseObject({
        name: toolName,
        input_schema: z.looseObject({ type: z.literal("object") }),
        cache_control: z.unknown().optional(),
      }),
    )
    .optional(),
  messages: z
    .array(
      z.looseObject({
        role: z.enum(["user", "assistant"]),
        content: z.union([z.string().min(1), z.array(Block).min(1)]),
      }),
    )
    .min(1),
});

function blockComplaint(content: readonly Block[]): string | undefined {
  if (content.some((block) => block.type === "text" && (block.text ?? "").trim() === ""))
    return "text content blocks must be non-empty";
  if (content.some((block) => block.type === "thinking" && !block.signature))
    return "thinking blocks must carry a signature";
  if (content.at(-1)?.type.endsWith("thinking") === true)
    return "the final block in an assistant message cannot be `thinking`";
  const ids = idsOf(content, "tool_use");
  if (new Set(ids).size < ids.length) return "`tool_use` ids must be unique";
  const firstOther = content.findIndex((block) => block.type !== "tool_result");
  const lastResult = content.findLastIndex((block) => block.type === "tool_result");
  return firstOther >= 0 && firstOther < lastResult ? "`tool_result` blocks must come first" : undefined;
}

function pairComplaint(content: readonly Block[], next: readonly Block[] | undefined): string | undefined {
  const answered = idsOf(next ?? [], "tool_result");
  const open = idsOf(content, "tool_use").filter((id) => !answered.includes(id));
  return open.length === 0
    ? undefined
    : `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(", ")}`;
}

function orphanComplaint(content: readonly Block[], previous: readonly Block[] | undefined): string | undefined {
  const asked = idsOf(previous ?? [], "tool_use");
  const orphans = idsOf(content, "tool_result").filter((id) => !asked.includes(id));
  return orphans.length === 0
    ? undefined
    : `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${orphans.join(", ")}`;
}

function idsOf(content: readonly Block[], type: "tool_use" | "tool_result"): readonly string[] {
  return content
    .filter((block) => block.type === type)
    .map((block) => (type === "tool_use" ? block.id : block.tool_use_id) ?? "");
}
