import { expect, test } from "vitest";
import { differentPeople, isSamePerson } from "../../../src/lib/same-person.ts";

test("case, spaces and invisible characters make no second person", () => {
  expect(isSamePerson("Ann", " a\u200Bnn")).toBe(true);
  expect(isSamePerson("ann", "anna")).toBe(false);
  expect(differentPeople(["Ann", "bo", "ann ", "BO", "cy"])).toEqual(["Ann", "bo", "cy"]);
});
