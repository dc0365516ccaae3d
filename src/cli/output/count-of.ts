/** A number with its word: `1 attempt`, `2 attempts`, `12,504 documents`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
