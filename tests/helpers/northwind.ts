import type { SampleSchema, SampleTable } from "./sample-schema.ts";

/** The Northwind schema (a trader of food) with rows of our own, its keys texts, numbers and pairs. */
export const NORTHWIND: SampleSchema = {
  name: "northwind",
  tables: [
    table("categories", { category_id: "INTEGER", category_name: "VARCHAR(15)", description: "TEXT" }, { count: 8 }),
    table(
      "customers",
      { customer_id: "VARCHAR(5)", company_name: "VARCHAR(40)", contact_name: "VARCHAR(30)", city: "VARCHAR(15)" },
      { count: 12 },
    ),
    table("region", { region_id: "INTEGER", region_description: "VARCHAR(60)" }, { count: 4 }),
    table("shippers", { shipper_id: "INTEGER", company_name: "VARCHAR(40)", phone: "VARCHAR(24)" }, { count: 6 }),
    table(
      "suppliers",
      { supplier_id: "INTEGER", company_name: "VARCHAR(40)", city: "VARCHAR(15)", homepage: "TEXT" },
      { count: 9 },
    ),
    table(
      "employees",
      { employee_id: "INTEGER", last_name: "VARCHAR(20)", hire_date: "DATE", reports_to: "INTEGER" },
      { count: 9, targets: { reports_to: ["employees", "employee_id"] } },
    ),
    table("us_states", { state_id: "INTEGER", state_name: "VARCHAR(100)", state_abbr: "VARCHAR(20)" }, { count: 10 }),
    table(
      "territories",
      { territory_id: "VARCHAR(20)", territory_description: "VARCHAR(60)", region_id: "INTEGER" },
      { count: 10, targets: { region_id: ["region", "region_id"] } },
    ),
    table(
      "products",
      {
        product_id: "INTEGER",
        product_name: "VARCHAR(40)",
        supplier_id: "INTEGER",
        category_id: "INTEGER",
        unit_price: "REAL",
        discontinued: "INTEGER",
      },
      { count: 30, targets: { supplier_id: ["suppliers", "supplier_id"], category_id: ["categories", "category_id"] } },
    ),
    table(
      "orders",
      {
        order_id: "INTEGER",
        customer_id: "VARCHAR(5)",
        employee_id: "INTEGER",
        order_date: "DATE",
        ship_via: "INTEGER",
        freight: "REAL",
      },
      {
        count: 40,
        targets: {
          customer_id: ["customers", "customer_id"],
          employee_id: ["employees", "employee_id"],
          ship_via: ["shippers", "shipper_id"],
        },
      },
    ),
    pairs(
      "employee_territories",
      [
        ["employee_id", "employees", "INTEGER"],
        ["territory_id", "territories", "VARCHAR(20)"],
      ],
      9,
    ),
    pairs(
      "order_details",
      [
        ["order_id", "orders", "INTEGER"],
        ["product_id", "products", "INTEGER"],
      ],
      30,
    ),
  ],
  views: [],
};

interface Rows {
  readonly count: number;
  readonly targets?: Targets;
}

type Targets = Readonly<Record<string, readonly [table: string, column: string]>>;

/** The first column is the key; the others get values that fit their types and, of references, exist. */
function table(name: string, columns: Readonly<Record<string, string>>, { count, targets = {} }: Rows): SampleTable {
  const names = Object.keys(columns);
  const rows = Array.from({ length: count }, (_, row) =>
    names.map((column, at) => value({ column, type: columns[column] ?? "", isKey: at === 0 }, row, targets)),
  );
  const foreignKeys = Object.entries(targets).map(([column, [to, target]]) => [column, to, target] as const);
  return { name, columns: Object.entries(columns), primaryKey: names.slice(0, 1), foreignKeys, rows };
}

interface Cell {
  readonly column: string;
  readonly type: string;
  readonly isKey: boolean;
}

/** Referred keys begin at 1 and every target has at least three. */
function value({ column, type, isKey }: Cell, row: number, targets: Targets): string | number | null {
  if (column === "reports_to" && row === 0) return null;
  const number = targets[column] === undefined ? row + 1 : (row % 3) + 1;
  if (type === "DATE") return `2025-0${(row % 9) + 1}-10`;
  if (type === "INTEGER") return number;
  if (type === "REAL") return number * 1.25;
  return isKey || targets[column] !== undefined ? `K${String(number).padStart(3, "0")}` : `${column} ${number}`;
}

type Side = readonly [column: string, table: string, type: string];

function pairs(name: string, [left, right]: readonly [Side, Side], count: number): SampleTable {
  const cell = ([, , type]: Side, row: number): string | number =>
    type === "INTEGER" ? row + 1 : `K${String(row + 1).padStart(3, "0")}`;
  return {
    name,
    columns: [left, right].map(([column, , type]) => [column, type] as const),
    primaryKey: [left[0], right[0]],
    foreignKeys: [left, right].map(([column, to]) => [column, to, column] as const),
    rows: Array.from({ length: count }, (_, row) => [cell(left, row), cell(right, row)]),
  };
}
