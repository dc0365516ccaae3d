/** What a sample says of the number of different values among all rows. */
export interface DistinctSample {
  readonly sampleRows: number;
  /** Different values in the sample, and how many of them occur once. */
  readonly distinct: number;
  readonly once: number;
  readonly rows: number;
}

/** The Duj1 estimator of Haas and others: n·d / (n − f1 + f1·n/N), held between what was seen and what is possible. */
export function estimateDistinct({ sampleRows, distinct, once, rows }: DistinctSample): number {
  if (sampleRows === 0 || rows <= sampleRows) return distinct;
  const estimate = (sampleRows * distinct) / (sampleRows - once + (once * sampleRows) / rows);
  return Math.round(Math.min(rows, Math.max(distinct, estimate)));
}
