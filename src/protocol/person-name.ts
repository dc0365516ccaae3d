import * as z from "zod";
import { PERSON_NAME_CHARS } from "./limits/text.ts";

/** The name of a person as someone who is trusted to know gives it; it need not be an id. */
export const PersonName = z.string().max(PERSON_NAME_CHARS).regex(/\S/, "a name that is not blank");
