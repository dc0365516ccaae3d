import { expectTypeOf, test } from "vitest";
import * as z from "zod";
import {
  defineTool,
  type Json,
  type JsonObject,
  type Services,
  type ToolContext,
  type ToolSpec,
} from "../../src/index.ts";

const base = { name: "t", description: "d" };

test("a handler's arguments are what zod gives", () => {
  const tool = defineTool({
    ...base,
    input: z.object({
      q: z.string(),
      limit: z.number().default(10),
      day: z.iso
        .date()
        .transform((text) => new Date(text))
        .optional(),
    }),
    handler: (args, context) => {
      expectTypeOf(args).toEqualTypeOf<{ q: string; limit: number; day?: Date | undefined }>();
      expectTypeOf(context).toEqualTypeOf<ToolContext>();
      return args.q;
    },
    approval: (args) => {
      expectTypeOf(args.limit).toBeNumber();
      return true;
    },
  });

  expectTypeOf(tool.handler).parameter(0).toEqualTypeOf<{ q: string; limit: number; day?: Date | undefined }>();
});

test("a handler's arguments are a JSON object when the schema is JSON Schema", () => {
  defineTool({
    ...base,
    input: { type: "object", properties: { q: { type: "string" } }, required: ["q"] },
    handler: async (args) => {
      expectTypeOf(args).toEqualTypeOf<JsonObject>();
      expectTypeOf(args["q"]).toEqualTypeOf<Json | undefined>();
    },
  });
});

test("tools with different arguments fit in one list", () => {
  const tools: readonly ToolSpec[] = [
    defineTool({ ...base, input: z.object({ a: z.string() }), handler: (args) => args.a }),
    defineTool({ ...base, input: { type: "object" }, handler: () => null }),
  ];

  expectTypeOf(tools).items.toEqualTypeOf<ToolSpec>();
});

test("a handler that wants other arguments does not compile", () => {
  const tool = defineTool({
    ...base,
    input: z.object({ a: z.string() }),
    // @ts-expect-error the schema gives a string
    handler: (args: { readonly a: number }) => args.a,
  });

  expectTypeOf(tool.handler).parameter(0).toEqualTypeOf<{ a: string }>();
});

test("services that nobody declared are unknown", () => {
  expectTypeOf<Services["warehouse"]>().toBeUnknown();
});
