import type { SampleSchema, SampleTable } from "./sample-schema.ts";

const people: SampleTable["columns"] = [
  ["Address", "VARCHAR(70)"],
  ["City", "VARCHAR(40)"],
  ["State", "VARCHAR(40)"],
  ["Country", "VARCHAR(40)"],
  ["PostalCode", "VARCHAR(10)"],
  ["Phone", "VARCHAR(24)"],
  ["Fax", "VARCHAR(24)"],
  ["Email", "VARCHAR(60)"],
];

/** The Chinook schema (a music shop), with rows of our own. */
export const CHINOOK: SampleSchema = {
  name: "chinook",
  tables: [
    named("Artist", "ArtistId", ["AC/DC", "Accept", "Aerosmith", "Alanis Morissette", "Alice In Chains", "Audioslave"]),
    named("Genre", "GenreId", ["Rock", "Jazz", "Metal", "Alternative & Punk", "Blues", "Latin"]),
    named("MediaType", "MediaTypeId", ["MPEG audio file", "Protected AAC audio file", "AAC audio file"]),
    named("Playlist", "PlaylistId", ["Music", "Movies", "90’s Music", "Grunge"]),
    {
      name: "Album",
      columns: [
        ["AlbumId", "INTEGER"],
        ["Title", "VARCHAR(160)"],
        ["ArtistId", "INTEGER"],
      ],
      primaryKey: ["AlbumId"],
      foreignKeys: [["ArtistId", "Artist", "ArtistId"]],
      rows: Array.from({ length: 8 }, (_, index) => [index + 1, `Album ${index + 1}`, (index % 6) + 1]),
    },
    {
      name: "Track",
      columns: [
        ["TrackId", "INTEGER"],
        ["Name", "VARCHAR(200)"],
        ["AlbumId", "INTEGER"],
        ["MediaTypeId", "INTEGER"],
        ["GenreId", "INTEGER"],
        ["Composer", "VARCHAR(220)"],
        ["Milliseconds", "INTEGER"],
        ["Bytes", "INTEGER"],
        ["UnitPrice", "NUMERIC(10,2)"],
      ],
      primaryKey: ["TrackId"],
      foreignKeys: [
        ["AlbumId", "Album", "AlbumId"],
        ["MediaTypeId", "MediaType", "MediaTypeId"],
        ["GenreId", "Genre", "GenreId"],
      ],
      rows: Array.from({ length: 60 }, (_, index) => [
        index + 1,
        `Track no. ${index + 1}`,
        (index % 8) + 1,
        (index % 3) + 1,
        (index % 6) + 1,
        index % 4 === 0 ? null : `Composer ${index % 9}`,
        180_000 + index * 1_017,
        6_000_000 + index * 4_321,
        index % 10 === 0 ? 1.99 : 0.99,
      ]),
    },
    {
      name: "Employee",
      columns: [
        ["EmployeeId", "INTEGER"],
        ["LastName", "VARCHAR(20)"],
        ["FirstName", "VARCHAR(20)"],
        ["Title", "VARCHAR(30)"],
        ["ReportsTo", "INTEGER"],
        ["BirthDate", "TIMESTAMP"],
        ["HireDate", "TIMESTAMP"],
        ...people,
      ],
      primaryKey: ["EmployeeId"],
      foreignKeys: [["ReportsTo", "Employee", "EmployeeId"]],
      rows: Array.from({ length: 8 }, (_, index) => [
        index + 1,
        `Last${index}`,
        `First${index}`,
        index === 0 ? "General Manager" : "Sales Support Agent",
        index === 0 ? null : Math.ceil(index / 2),
        `19${60 + index}-02-18 00:00:00`,
        `200${index % 5}-08-14 00:00:00`,
        ...person(index),
      ]),
    },
    {
      name: "Customer",
      columns: [
        ["CustomerId", "INTEGER"],
        ["FirstName", "VARCHAR(40)"],
        ["LastName", "VARCHAR(20)"],
        ["Company", "VARCHAR(80)"],
        ...people,
        ["SupportRepId", "INTEGER"],
      ],
      primaryKey: ["CustomerId"],
      foreignKeys: [["SupportRepId", "Employee", "EmployeeId"]],
      rows: Array.from({ length: 20 }, (_, index) => [
        index + 1,
        `Given${index}`,
        `Family${index}`,
        index % 3 === 0 ? `Company ${index}` : null,
        ...person(index + 100),
        3 + (index % 3),
      ]),
    },
    {
      name: "Invoice",
      columns: [
        ["InvoiceId", "INTEGER"],
        ["CustomerId", "INTEGER"],
        ["InvoiceDate", "TIMESTAMP"],
        ["BillingAddress", "VARCHAR(70)"],
        ["BillingCity", "VARCHAR(40)"],
        ["BillingState", "VARCHAR(40)"],
        ["BillingCountry", "VARCHAR(40)"],
        ["BillingPostalCode", "VARCHAR(10)"],
        ["Total", "NUMERIC(10,2)"],
      ],
      primaryKey: ["InvoiceId"],
      foreignKeys: [["CustomerId", "Customer", "CustomerId"]],
      rows: Array.from({ length: 40 }, (_, index) => [
        index + 1,
        (index % 20) + 1,
        `2025-${String((index % 12) + 1).padStart(2, "0")}-15 00:00:00`,
        `${index} Street`,
        "Oslo",
        null,
        "Norway",
        "0171",
        Number((1.98 + index).toFixed(2)),
      ]),
    },
    {
      name: "InvoiceLine",
      columns: [
        ["InvoiceLineId", "INTEGER"],
        ["InvoiceId", "INTEGER"],
        ["TrackId", "INTEGER"],
        ["UnitPrice", "NUMERIC(10,2)"],
        ["Quantity", "INTEGER"],
      ],
      primaryKey: ["InvoiceLineId"],
      foreignKeys: [
        ["InvoiceId", "Invoice", "InvoiceId"],
        ["TrackId", "Track", "TrackId"],
      ],
      rows: Array.from({ length: 120 }, (_, index) => [index + 1, (index % 40) + 1, (index % 60) + 1, 0.99, 1]),
    },
    {
      name: "PlaylistTrack",
      columns: [
        ["PlaylistId", "INTEGER"],
        ["TrackId", "INTEGER"],
      ],
      primaryKey: ["PlaylistId", "TrackId"],
      foreignKeys: [
        ["PlaylistId", "Playlist", "PlaylistId"],
        ["TrackId", "Track", "TrackId"],
      ],
      rows: Array.from({ length: 60 }, (_, index) => [(index % 4) + 1, index + 1]),
    },
  ],
  views: [],
};

function named(name: string, key: string, names: readonly string[]): SampleTable {
  return {
    name,
    columns: [
      [key, "INTEGER"],
      ["Name", "VARCHAR(120)"],
    ],
    primaryKey: [key],
    foreignKeys: [],
    rows: names.map((value, index) => [index + 1, value]),
  };
}

function person(seed: number): readonly (string | null)[] {
  const phone = `+1 (780) 428-${1_000 + seed}`;
  return [`${seed} Main Street`, "Calgary", "AB", "Canada", "T2P 2T3", phone, null, `person${seed}@example.com`];
}
