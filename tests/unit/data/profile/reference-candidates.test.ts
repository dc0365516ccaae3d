import { expect, test } from "vitest";
import { referenceCandidates } from "../../../../src/data/profile/reference-candidates.ts";
import { described } from "./table-description.ts";

function found(...tables: Parameters<typeof referenceCandidates>[0]): readonly string[] {
  return referenceCandidates(tables).map(
    ({ from, column, to, toColumn }) => `${from.name}.${column} -> ${to.name}.${toColumn}`,
  );
}

test.each([
  [
    "a table's own key name",
    described("orders", { id: "int", customer_id: "int" }),
    described("customers", { customer_id: "int" }),
    "orders.customer_id -> customers.customer_id",
  ],
  [
    "a table's name before id",
    described("Order", { Id: "int", CustomerId: "int" }),
    described("Customers", { id: "bigint" }),
    "Order.CustomerId -> Customers.id",
  ],
  [
    "a role before it",
    described("orders", { id: "int", billing_address_id: "int" }),
    described("addresses", { id: "int" }),
    "orders.billing_address_id -> addresses.id",
  ],
  [
    "a decorated table",
    described("fact_sales", { id: "int", product_key: "int" }),
    described("dim_product", { product_key: "int" }),
    "fact_sales.product_key -> dim_product.product_key",
  ],
  [
    "the bare name of a table",
    described("songs", { id: "int", artist: "int" }),
    described("artists", { id: "int" }),
    "songs.artist -> artists.id",
  ],
])("%s", (...[, from, to, reference]) => {
  expect(found(from, to)).toEqual([reference]);
});

test("a tree refers to itself, and a manager only where people are", () => {
  const tree = described("categories", { id: "int", parent_id: "int" });
  const staff = described("employees", { id: "int", manager_id: "int" });
  const units = described("departments", { id: "int", manager_id: "int" });

  expect(found(tree, staff, units)).toEqual([
    "categories.parent_id -> categories.id",
    "employees.manager_id -> employees.id",
  ]);
});

test("types that differ, generic names and declared keys make no candidate", () => {
  const customers = described("customers", { id: "int", name: "text" });
  const orders = described("orders", { id: "int", customer_id: "timestamp", name: "text", type: "text" });
  const key = { columns: ["customer_id"], toSchema: "main", toTable: "customers", toColumns: ["id"] };
  const declared = described("bills", { id: "int", customer_id: "int" }, { foreignKeys: [key] });

  expect(found(customers, orders, declared)).toEqual([]);
});
