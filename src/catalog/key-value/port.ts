/** A value under its key. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** Texts by key, in the namespace of one tenant's workspace. Knowledge is kept here before the catalog shows it. */
export interface KeyValueStore {
  readonly namespace: string;
  /** The values of the keys that exist. */
  get(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Writes all or nothing; a key that exists gets the new value. */
  put(values: readonly KeyValue[]): Promise<void>;
  /** Removes all or nothing; a key that does not exist is no mistake. */
  remove(keys: readonly string[]): Promise<void>;
  /** Keys that begin so with their values, in the order of the keys, after a key. */
  list(prefix: string, page: { readonly after?: string; readonly limit: number }): Promise<readonly KeyValue[]>;
  close(): Promise<void>;
}

/** Where a key-value store is, as the data environment says with its secrets filled in. */
export interface KeyValueSource {
  readonly kind: "sqlite" | "postgres";
  readonly url: string;
  readonly ensureSchema: boolean;
}
