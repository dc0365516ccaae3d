import { InternalError } from "../../../protocol/errors.ts";
import type { InputSchema } from "../../../specs/schemas/input-schema.ts";

/** The arguments of a plan tool, whose call was checked when the model made it. */
export function readArgs<Args>(input: InputSchema<Args>, args: unknown): Args {
  const parsed = input.parse(args);
  if (parsed.ok) return parsed.value;
  throw new InternalError("the arguments of a plan tool were not checked");
}
