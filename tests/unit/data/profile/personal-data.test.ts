import { expect, test } from "vitest";
import { holdsEmail, personalDataOf } from "../../../../src/data/profile/personal-data.ts";

test.each([
  ["contact", "email", "email"],
  ["customerEmail", null, "email"],
  ["e_mail", null, "email"],
  ["FirstName", null, "person-name"],
  ["lname", null, "person-name"],
  ["user_name", null, "person-name"],
  ["file_name", null, null],
  ["PHONE_NUMBER", null, "phone"],
  ["date_of_birth", null, "birth-date"],
  ["password_hash", null, "credential"],
  ["BillingPostalCode", null, "address"],
  ["client", "ipv4", "ip-address"],
  ["constructor", "constructor", null],
  ["product_name", null, null],
  ["unit_price", "decimal", null],
])("%s as %s is %s", (column, semanticType, kind) => {
  expect(personalDataOf(column, semanticType)).toBe(kind);
});

test("an address is seen in the middle of a text, and hostile text costs linear time", () => {
  const hostile = ["@", "a@", "a@a.", "@.", "x@y.z "].map((piece) => piece.repeat(100_000 / piece.length));
  const start = performance.now();

  expect(
    ["to ada@example.com.", '{"mail":"a@b.co"}', "no @ all", "10 @ 3.50", ""].map((text) => holdsEmail([text])),
  ).toEqual([true, true, false, false, false]);
  expect(holdsEmail(hostile)).toBe(false);
  expect(performance.now() - start).toBeLessThan(2_000);
});
