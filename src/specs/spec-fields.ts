import * as z from "zod";
import { copyJson } from "../lib/copy-json.ts";
import { JsonObject } from "../protocol/json.ts";
import { isJsonObject } from "./schemas/is-json-object.ts";

/** The building blocks of declarations. Every message is a phrase that completes "must be …". */

const NAME_PHRASE = "a name of 1 to 64 letters, digits, dashes and underscores";

/** An object with these fields and no other; an unknown one is told with the known ones beside it. */
export function fields<const Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(",");
  return z.strictObject(shape, { error: (issue) => (issue.code === "unrecognized_keys" ? known : "an object") });
}

/** A list of something. */
export function list<Item extends z.ZodType>(item: Item, phrase: string): z.ZodArray<Item> {
  return z.array(item, { error: phrase });
}

/** A name as model providers take it. Names of object properties are kept out, because names become keys. */
export const nameField: z.ZodString = z
  .string({ error: NAME_PHRASE })
  .regex(/^[a-zA-Z0-9_-]{1,64}$/, NAME_PHRASE)
  .refine((name) => !(name in Object.prototype), "a name that is not a property of every object");

/** Text with something in it. */
export const textField: z.ZodString = z.string({ error: "a non-blank string" }).regex(/\S/, "a non-blank string");

/** True or false. */
export const flagField: z.ZodBoolean = z.boolean({ error: "true or false" });

/** A JSON object, copied. */
export const jsonField: z.ZodType<JsonObject> = z
  .custom<unknown>((value) => isJsonObject(copyJson(value)), { error: "a JSON object" })
  .transform((value) => JsonObject.parse(copyJson(value)));

/** A whole number in a range. */
export function wholeField(min: number, max: number): z.ZodNumber {
  const phrase =
    max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`;
  return z.number({ error: phrase }).int(phrase).min(min, phrase).max(max, phrase);
}
