import type { KeyValue, KeyValueStore } from "../key-value/port.ts";
import { FILE_PREFIX, StoredFile } from "./stored-document.ts";

/** Every file record whose key begins so, in the order of the keys. */
export async function* eachFile(keyValue: KeyValueStore, prefix = FILE_PREFIX): AsyncGenerator<StoredFile> {
  for await (const { value } of eachValue(keyValue, prefix)) yield StoredFile.parse(JSON.parse(value));
}

const PAGE = 500;

/** Every value whose key begins so, in the order of the keys, read page by page. */
export async function* eachValue(keyValue: KeyValueStore, prefix: string, limit = PAGE): AsyncGenerator<KeyValue> {
  let page = await keyValue.list(prefix, { limit });
  while (page.length > 0) {
    yield* page;
    const after = page.at(-1)?.key ?? "";
    page = page.length < limit ? [] : await keyValue.list(prefix, { limit, after });
  }
}
