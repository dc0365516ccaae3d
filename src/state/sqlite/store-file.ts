import { randomBytes } from "node:crypto";
import { closeSync, fchmodSync, linkSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { openDatabase } from "../../sqlite/open-database.ts";
import { StateError } from "../../protocol/errors.ts";

/** Marks a database file as a state store of this package: "BRDL". */
const APPLICATION_ID = 0x4252444c;

/**
 * Makes sure that `path` is a state store and nothing else, before SQLite opens it: creates a missing one, refuses an emptied,
 * a damaged and a foreign one. A new file appears at once with its mark, so an empty file can only be one that lost its data.
 */
export function ensureStoreFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (fileSize(path) === null) createStoreFile(path);
  if (fileSize(path) === 0) throw emptyStore(path, "is 0 bytes long");
  const header = readHeader(path);
  if (header.subarray(0, MAGIC.length).toString("latin1") !== MAGIC) {
    throw new StateError(
      "STORE_CORRUPT",
      `state store ${path}: expected an SQLite file, the first bytes are something else`,
      {
        hint: "restore the file from a backup, or move it away to start with an empty store",
      },
    );
  }
  const applicationId = header.readInt32BE(APPLICATION_ID_OFFSET);
  if (applicationId !== APPLICATION_ID) {
    throw new StateError(
      "STORE_CORRUPT",
      `state store ${path}: expected application id ${APPLICATION_ID}, found ${applicationId}: the file belongs to another application`,
      {
        hint: "choose another path for the state store; this file was not touched",
      },
    );
  }
}

const MAGIC = "SQLite format 3\0";
const HEADER_BYTES = 100;
const APPLICATION_ID_OFFSET = 68;

function fileSize(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

/** Built under another name and linked into place, so that no process ever sees half a store and the first of two creators wins. */
function createStoreFile(path: string): void {
  if ((fileSize(`${path}-wal`) ?? 0) > 0) throw emptyStore(path, "is missing, but its -wal file holds data");
  const seed = join(dirname(path), `.${basename(path)}.${process.pid}.${randomBytes(6).toString("hex")}`);
  try {
    writeSeed(seed);
    moveIntoPlace(seed, path);
  } finally {
    rmSync(seed, { force: true });
  }
}

/** SQLite gives -wal and -shm the mode of the database, so setting it here protects all three. */
function writeSeed(path: string): void {
  const file = openSync(path, "wx", 0o600);
  fchmodSync(file, 0o600);
  closeSync(file);
  const database = openDatabase(path);
  try {
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma("journal_mode = WAL");
  } finally {
    database.close();
  }
}

function moveIntoPlace(seed: string, path: string): void {
  try {
    linkSync(seed, path);
  } catch {
    // Another creator was first, or this file system has no hard links.
    if (fileSize(path) === null) renameSync(seed, path);
  }
}

function readHeader(path: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, "r");
  try {
    readSync(file, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
  return header;
}

function emptyStore(path: string, what: string): StateError {
  return new StateError(
    "STORE_EMPTY",
    `state store ${path} ${what}; it was not created anew, because that would hide the loss of its data`,
    {
      hint: "restore the file from a backup, or remove it together with its -wal and -shm files to start with an empty store",
    },
  );
}
