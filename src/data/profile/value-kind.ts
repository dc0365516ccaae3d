/** Whether a declared type holds points in time. */
export function isTemporalType(dataType: string): boolean {
  return /^(?:date|datetime|datetimeoffset|time|timetz|timestamp|timestamptz)(?![a-z_])(?!.*\[\]$)/i.test(dataType);
}

/** Whether a declared type holds numbers, in either engine. */
function isNumericType(dataType: string): boolean {
  return (
    /int|numeric|decimal|real|double|float|serial|money|number/i.test(dataType) &&
    !/^(?:interval|point)|range$|\[\]$/i.test(dataType)
  );
}

/** What two declared types have in common: columns of different kinds do not refer to each other. */
export function kindOfType(dataType: string): "number" | "text" | "uuid" | "time" | "other" {
  if (isTemporalType(dataType)) return "time";
  if (/^uuid/i.test(dataType)) return "uuid";
  if (isNumericType(dataType)) return "number";
  return /char|text|clob|name|string|any/i.test(dataType) ? "text" : "other";
}
