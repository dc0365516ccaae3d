import type { StoredFile } from "./stored-document.ts";

/** The path of a file as the catalog writes it: below the name of its folder. */
export function pathOf({ source, path }: StoredFile): string {
  return `${source}/${path}`;
}

/** What every entry of a document says about where it comes from. */
export function provenance(file: StoredFile): {
  readonly origin: "knowledge";
  readonly path: string;
  readonly status: "active";
} {
  return { origin: "knowledge", path: pathOf(file), status: "active" };
}
