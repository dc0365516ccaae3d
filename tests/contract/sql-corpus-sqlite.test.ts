import { HOSTILE_SQLITE, LEGITIMATE_SQLITE, RUNAWAY_SQLITE } from "../corpus/sql-sqlite.ts";
import { createSqliteShop } from "../helpers/shop-database.ts";
import { sqlCorpusTests } from "./sql-corpus.ts";

sqlCorpusTests(
  { hostile: HOSTILE_SQLITE, legitimate: LEGITIMATE_SQLITE, runaway: RUNAWAY_SQLITE },
  () => Promise.resolve(createSqliteShop()),
  "readerUrl",
);
