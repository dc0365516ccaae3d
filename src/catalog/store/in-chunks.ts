/** Runs a query over a list too long for one statement's parameters and gives all rows together. */
export async function inChunks<Item, Row>(
  items: readonly Item[],
  query: (chunk: readonly Item[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let start = 0; start < items.length; start += CHUNK_SIZE) {
    for (const row of await query(items.slice(start, start + CHUNK_SIZE))) rows.push(row);
  }
  return rows;
}

const CHUNK_SIZE = 500;
