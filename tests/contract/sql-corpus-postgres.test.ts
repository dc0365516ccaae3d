import { describe, inject } from "vitest";
import { HOSTILE_POSTGRES, LEGITIMATE_POSTGRES, RUNAWAY_POSTGRES } from "../corpus/sql-postgres.ts";
import { createPostgresShop } from "../helpers/shop-database.ts";
import { sqlCorpusTests } from "./sql-corpus.ts";

const corpus = { hostile: HOSTILE_POSTGRES, legitimate: LEGITIMATE_POSTGRES, runaway: RUNAWAY_POSTGRES };

describe("a login that may only read", () => {
  sqlCorpusTests(corpus, () => createPostgresShop(inject("postgresUrl")), "readerUrl");
});

describe("a superuser", () => {
  sqlCorpusTests(corpus, () => createPostgresShop(inject("postgresUrl")), "writerUrl");
});
