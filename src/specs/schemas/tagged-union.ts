import * as z from "zod";
import { describeValue } from "../describe-value.ts";
import { refuseIssues, type SpecIssue, wrongField } from "../spec-issue.ts";
import { isZod } from "./input-schema.ts";

/** A zod object whose `kind` is a literal. */
export type TaggedVariant = z.ZodObject<{ readonly kind: z.ZodLiteral<string> } & z.core.$ZodShape>;

/** One of several zod objects, told apart by their literal `kind`: the usual schema of a plan's actions. */
export function taggedUnion<const Variants extends readonly [TaggedVariant, ...TaggedVariant[]]>(
  ...variants: Variants
): z.ZodDiscriminatedUnion<Variants, "kind"> {
  const kinds = variants.map(kindsOf);
  const empty = [wrongField("variants", "at least one zod object with a literal kind", "none")];
  refuseIssues("taggedUnion()", [
    ...(variants.length === 0 ? empty : []),
    ...variants.flatMap((variant, index) => variantIssues(variant, index, kinds)),
  ]);
  return z.discriminatedUnion("kind", variants);
}

function variantIssues(
  variant: unknown,
  index: number,
  kinds: readonly (readonly unknown[] | undefined)[],
): readonly SpecIssue[] {
  const own = kinds[index];
  if (own === undefined) {
    if (!(variant instanceof z.ZodObject))
      return [wrongField(`variants[${index}]`, "a zod object", describeVariant(variant))];
    const received = describeVariant(variant.shape["kind"]);
    return [wrongField(`variants[${index}].kind`, 'a literal string, as in z.literal("hold")', received)];
  }
  return own.flatMap((kind) => {
    const first = kinds.findIndex((others) => others?.includes(kind) === true);
    return first === index
      ? []
      : [
          wrongField(
            `variants[${index}].kind`,
            `another literal than variants[${first}].kind has`,
            describeValue(kind),
          ),
        ];
  });
}

/** The literals of a variant's `kind`, or undefined when it has none or they are no names. */
function kindsOf(variant: unknown): readonly string[] | undefined {
  const kind = variant instanceof z.ZodObject ? variant.shape["kind"] : undefined;
  if (!(kind instanceof z.ZodLiteral)) return undefined;
  const names = [...kind.values].filter((value) => typeof value === "string" && value.trim() !== "");
  return names.length === kind.values.size ? names.map(String) : undefined;
}

function describeVariant(value: unknown): string {
  return isZod(value) ? `z.${value.def.type}()` : describeValue(value);
}
