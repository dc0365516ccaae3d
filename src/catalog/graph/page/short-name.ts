/** A name as it fits into a picture; the inspector has it whole. */
export function shortName(name: string): string {
  return name.length <= 28 ? name : `${name.slice(0, 27)}…`;
}
