import type { KeyValueStore } from "../key-value/port.ts";
import { EXTRACTION_PREFIX, extractionKey, partHash } from "./extraction/found-item.ts";
import { CONTENT_PREFIX, StoredContent, contentKey } from "./stored-document.ts";
import { eachFile, eachValue } from "./stored-values.ts";

/** Contents that no file of any source holds any more are not kept, nor what models found in them. */
export async function removeUnused(keyValue: KeyValueStore): Promise<void> {
  const usedContents = new Set<string>();
  for await (const { content } of eachFile(keyValue)) usedContents.add(contentKey(content));
  const extractions: string[] = [];
  for await (const { key } of eachValue(keyValue, EXTRACTION_PREFIX)) extractions.push(key);
  const usedExtractions = new Set<string>();
  const unused: string[] = [];
  // Contents are large: few at a time.
  for await (const { key, value } of eachValue(keyValue, CONTENT_PREFIX, 50)) {
    if (!usedContents.has(key)) unused.push(key);
    else if (extractions.length > 0)
      for (const chunk of StoredContent.parse(JSON.parse(value)).chunks)
        usedExtractions.add(extractionKey(partHash(chunk)));
  }
  await keyValue.remove([...unused, ...extractions.filter((key) => !usedExtractions.has(key))]);
}
