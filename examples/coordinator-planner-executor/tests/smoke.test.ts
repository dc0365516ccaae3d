import { test } from "node:test";
import { smoke } from "../smoke.ts";

void test("a price changes once a person approved it, and not before", smoke);
