import { ItemType } from "../../protocol/catalog.ts";
import { BLOCK_SIZE } from "./postings.ts";

/**
 * What ranking must know of every document without reading it: its database and its type, as one number by ordinal. Columns
 * have ordinals of their own from `COLUMN_BASE` on, so that a search for tables never walks over them.
 */
export const COLUMN_BASE = 1 << 24;
/** The lane of an ordinal that no document has. */
export const NO_DOCUMENT = -1;

/** The lane of a document. */
export function laneOf(databaseNumber: number, itemType: ItemType): number {
  return (databaseNumber << 4) | ItemType.options.indexOf(itemType);
}

/** The number of the database in a lane; 0 is none. */
export function databaseNumber(lane: number): number {
  return lane >> 4;
}

/** The lanes' type bits that a search asks for. */
export function typeMask(itemTypes: readonly ItemType[]): number {
  return itemTypes.reduce((mask, itemType) => mask | (1 << ItemType.options.indexOf(itemType)), 0);
}

/** Whether a lane's document is of one of the types. */
export function hasType(lane: number, mask: number): boolean {
  return lane !== NO_DOCUMENT && (mask & (1 << (lane & 15))) !== 0;
}

/** The stored form of a block of lanes, as long as a block of postings. */
export function lanesToBlob(lanes: Int32Array): Buffer {
  return Buffer.from(lanes.buffer, lanes.byteOffset, lanes.byteLength);
}

/** A block of lanes that can be changed. */
export function lanesFromBlob(blob: Uint8Array | undefined): Int32Array {
  if (blob === undefined) return new Int32Array(BLOCK_SIZE).fill(NO_DOCUMENT);
  const bytes = new Uint8Array(blob);
  return new Int32Array(bytes.buffer);
}
