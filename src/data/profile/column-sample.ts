import type { Json } from "../../protocol/json.ts";
import { PROFILE_DISTINCT_VALUES, PROFILE_SAMPLE_VALUES, PROFILE_TOP_VALUES } from "../../protocol/limits/profile.ts";
import { estimateDistinct } from "./distinct-estimate.ts";
import { compareExact, type ExactNumber } from "./exact-number.ts";
import { holdsEmail, personalDataOf } from "./personal-data.ts";
import type { ColumnReading } from "./reading.ts";
import { isTemporal, semanticTypeOf } from "./semantic-type.ts";

/** A value as a reader hands it over: what it is, and the value or, of bytes, their number. */
export type SampledType = "integer" | "real" | "text" | "blob" | "other";

/** What is to be said of a column besides its values. */
export interface ColumnSampleSetup {
  readonly name: string;
  /** Whether the storage classes are told. */
  readonly hasTypes: boolean;
  /** False withholds every value. */
  readonly hasValues: boolean;
  /** Texts of this type are points in time. */
  readonly isTemporal: boolean;
  /** False where the order of the texts is not that of the values. */
  readonly isOrdered: boolean;
}

/** What the values that were taken are of the whole column. */
export interface SampleShare {
  /** Whether they are all there are. */
  readonly isWhole: boolean;
  /** Rows of the table, as far as that is known. */
  readonly rows: number | null;
}

/** Takes the values of one column one by one and says what they have in common. */
export class ColumnSample {
  readonly #setup: ColumnSampleSetup;
  readonly #types = new Map<string, number>();
  /** Numbers, as text where a double would say something else, apart from texts. */
  readonly #numberCounts = new Map<string | number, number>();
  readonly #textCounts = new Map<string, number>();
  readonly #numbers: number[] = [];
  #min: ExactNumber | null = null;
  #max: ExactNumber | null = null;
  #nulls = 0;
  #isCapped = false;
  #minText: string | null = null;
  #maxText: string | null = null;
  #minLength = Infinity;
  #maxLength = -Infinity;

  constructor(setup: ColumnSampleSetup) {
    this.#setup = setup;
  }

  addNull(): void {
    this.#nulls++;
  }

  addNumber(type: SampledType, number: ExactNumber): void {
    this.#type(type);
    this.#count(this.#numberCounts, number.exact ?? number.value);
    this.#numbers.push(number.value);
    if (this.#min === null || compareExact(number, this.#min) < 0) this.#min = number;
    if (this.#max === null || compareExact(number, this.#max) > 0) this.#max = number;
  }

  /** A text, perhaps shortened, and how many characters it has in full. */
  addText(type: SampledType, value: string, length = charactersOf(value)): void {
    this.#type(type);
    this.#count(this.#textCounts, value);
    if (this.#minText === null || value < this.#minText) this.#minText = value;
    if (this.#maxText === null || value > this.#maxText) this.#maxText = value;
    this.#length(length);
  }

  /** Bytes are measured and not looked at, so their different values are not known. */
  addBytes(length: number): void {
    this.#type("blob");
    this.#isCapped = true;
    this.#length(length);
  }

  reading(share: SampleShare): ColumnReading {
    const counts = [...this.#numberCounts.values(), ...this.#textCounts.values()];
    // Texts among numbers are texts too: SQLite keeps both in one column.
    const looked = [...this.#textCounts.keys()].slice(0, LOOKED_AT);
    const look = semanticTypeOf(looked);
    const pii = personalDataOf(this.#setup.name, look) ?? (holdsEmail(looked) ? "email" : null);
    const isFreeText =
      !isSmallDomain([...this.#textCounts.values()], share) && !isTemporal(look) && !this.#setup.isTemporal;
    const isWithheld = !this.#setup.hasValues || pii !== null || isFreeText;
    return {
      nulls: this.#nulls,
      types: this.#setup.hasTypes ? Object.fromEntries([...this.#types].sort(([a], [b]) => (a < b ? -1 : 1))) : {},
      distinct: counts.length,
      once: counts.filter((count) => count === 1).length,
      isDistinctCapped: this.#isCapped,
      ...(isWithheld ? WITHHELD : this.#values(isSmallDomain(counts, share))),
      ...(isWithheld && (pii !== null || !this.#setup.hasValues) ? NO_NUMBERS : numbersOf(this.#numbers)),
      minLength: Number.isFinite(this.#minLength) ? this.#minLength : null,
      maxLength: Number.isFinite(this.#maxLength) ? this.#maxLength : null,
      semanticType: this.#numbers.length === 0 ? look : null,
      pii,
      isWithheld,
      aggregate: null,
    };
  }

  #values(isSmall: boolean): Pick<ColumnReading, "min" | "max" | "top" | "samples"> {
    const [min, max] =
      this.#min === null || this.#max === null
        ? this.#setup.isOrdered
          ? [this.#minText, this.#maxText]
          : [null, null]
        : [jsonNumber(this.#min), jsonNumber(this.#max)];
    const counts: readonly (readonly [string | number, number])[] = [...this.#numberCounts, ...this.#textCounts];
    const byCount = counts.toSorted(([a, m], [b, n]) => n - m || (String(a) < String(b) ? -1 : 1));
    return {
      min,
      max,
      top: isSmall ? byCount : [],
      samples: byCount.slice(0, PROFILE_SAMPLE_VALUES).map(([value]) => value),
    };
  }

  #type(type: SampledType): void {
    this.#types.set(type, (this.#types.get(type) ?? 0) + 1);
  }

  #count<Value extends string | number>(counts: Map<Value, number>, value: Value): void {
    const before = counts.get(value);
    if (before !== undefined) counts.set(value, before + 1);
    else if (this.#numberCounts.size + this.#textCounts.size < PROFILE_DISTINCT_VALUES) counts.set(value, 1);
    else this.#isCapped = true;
  }

  #length(length: number): void {
    if (length < this.#minLength) this.#minLength = length;
    if (length > this.#maxLength) this.#maxLength = length;
  }
}

/** Whether a column has few different values, those that were not seen included: a few rows show few of any column. */
function isSmallDomain(counts: readonly number[], { isWhole, rows }: SampleShare): boolean {
  if (isWhole || counts.length > PROFILE_TOP_VALUES) return counts.length <= PROFILE_TOP_VALUES;
  const sampleRows = counts.reduce((sum, count) => sum + count, 0);
  const once = counts.filter((count) => count === 1).length;
  const sample = { sampleRows, distinct: counts.length, once, rows: Math.max(sampleRows, rows ?? Infinity) };
  return estimateDistinct(sample) <= PROFILE_TOP_VALUES;
}

/** Different texts that patterns are tried on. */
const LOOKED_AT = 1_000;
const NO_NUMBERS = { mean: null, stddev: null, quartiles: null } as const;
const WITHHELD: Pick<ColumnReading, "min" | "max" | "top" | "samples"> = {
  min: null,
  max: null,
  top: [],
  samples: [],
};

function numbersOf(numbers: readonly number[]): Pick<ColumnReading, "mean" | "stddev" | "quartiles"> {
  const finite = Float64Array.from(numbers.filter(Number.isFinite)).sort();
  if (finite.length === 0) return NO_NUMBERS;
  const mean = finite.reduce((sum, value) => sum + value / finite.length, 0);
  const variance = finite.reduce((sum, value) => sum + (value - mean) ** 2 / finite.length, 0);
  const at = (share: number): number => finite[Math.floor((finite.length - 1) * share)] ?? 0;
  const parts = [at(0.25), at(0.5), at(0.75)] as const;
  // Beyond that, a double is only near the integer that it stands for.
  const quartiles = parts.every((part) => !Number.isInteger(part) || Number.isSafeInteger(part)) ? parts : null;
  return [mean, variance].every(Number.isFinite)
    ? { mean: tidy(mean), stddev: tidy(Math.sqrt(variance)), quartiles }
    : { mean: null, stddev: null, quartiles };
}

/** Twelve digits, so that the order in which rows come changes nothing. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** A JSON form: what is not finite, or more than a double holds, becomes text. */
export function jsonNumber({ value, exact }: ExactNumber): Json {
  return exact ?? (Number.isFinite(value) ? value : String(value));
}

/** As databases count them; a character outside the basic plane is two units in JavaScript. */
export function charactersOf(text: string): number {
  if (!/[\uD800-\uDBFF]/.test(text)) return text.length;
  return text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
}
