import { test } from "node:test";
import { smoke } from "../commands/smoke.ts";

void test("the story explores, plans, waits, and applies every action once", smoke);
