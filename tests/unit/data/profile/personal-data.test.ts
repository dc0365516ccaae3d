import { expect, test } from "vitest";
import { personalDataOf } from "../../../../src/data/profile/personal-data.ts";

test.each([
  ["contact", "email", "email"],
  ["customerEmail", null, "email"],
  ["e_mail", null, "email"],
  ["FirstName", null, "person-name"],
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
