import * as z from "zod";

/** A value that survives JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export const Json: z.ZodType<Json> = z.json();

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };
export const JsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.json());
