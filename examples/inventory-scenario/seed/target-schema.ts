/** The star schema of the demo company: nine dimensions, one fact table, and a view that joins them for reading. */
export const TARGET_SCHEMA = `
create table dim_companies (
  company_id text primary key,
  company_name text not null,
  country text not null
) strict;
create table dim_brands (
  brand_id text primary key,
  company_id text not null references dim_companies (company_id),
  brand_name text not null
) strict;
create table dim_segments (
  segment_id text primary key,
  segment_name text not null
) strict;
create table dim_subsegments (
  subsegment_id text primary key,
  segment_id text not null references dim_segments (segment_id),
  subsegment_name text not null
) strict;
create table dim_coordinates (
  coordinate_id text primary key,
  city text not null,
  region text not null,
  latitude real not null,
  longitude real not null
) strict;
create table dim_sales_channels (
  channel_id text primary key,
  channel_name text not null,
  channel_type text not null check (channel_type in ('online', 'store', 'wholesale'))
) strict;
create table dim_time_periods (
  period_id text primary key,
  week_start text not null,
  week_number integer not null,
  quarter text not null
) strict;
create table dim_products (
  product_id text primary key,
  product_name text not null,
  brand_id text not null references dim_brands (brand_id),
  subsegment_id text not null references dim_subsegments (subsegment_id),
  pack_size integer not null,
  unit_cost real not null,
  unit_price real not null,
  lifecycle text not null check (lifecycle in ('launch', 'core', 'phase_out'))
) strict;
create table dim_inventory (
  product_id text not null references dim_products (product_id),
  channel_id text not null references dim_sales_channels (channel_id),
  coordinate_id text not null references dim_coordinates (coordinate_id),
  on_hand_units integer not null,
  reserved_units integer not null,
  reorder_point integer not null,
  lead_time_days integer not null,
  daily_demand real not null,
  primary key (product_id, channel_id)
) strict, without rowid;
create table fact_scenario (
  product_id text not null references dim_products (product_id),
  channel_id text not null references dim_sales_channels (channel_id),
  period_id text not null references dim_time_periods (period_id),
  forecast_units integer not null,
  sold_units integer not null,
  on_hand_units integer not null,
  revenue real not null
) strict;
create view v_scenario_denormalized as
select
  f.product_id, p.product_name, b.brand_name, s.segment_name, u.subsegment_name,
  c.channel_name, c.channel_type, t.week_start, f.forecast_units, f.sold_units, f.on_hand_units, f.revenue
from fact_scenario f
join dim_products p on p.product_id = f.product_id
join dim_brands b on b.brand_id = p.brand_id
join dim_subsegments u on u.subsegment_id = p.subsegment_id
join dim_segments s on s.segment_id = u.segment_id
join dim_sales_channels c on c.channel_id = f.channel_id
join dim_time_periods t on t.period_id = f.period_id;
`;

/** Built after the rows, which is much faster. */
export const TARGET_INDEXES = `
create index fact_scenario_product on fact_scenario (product_id, channel_id);
create index fact_scenario_period on fact_scenario (period_id);
create index dim_inventory_channel on dim_inventory (channel_id);
analyze;
`;

/** The tables that describe things; the default profile covers exactly these. */
export const DIMENSIONS = [
  "dim_companies",
  "dim_brands",
  "dim_segments",
  "dim_subsegments",
  "dim_coordinates",
  "dim_sales_channels",
  "dim_time_periods",
  "dim_products",
  "dim_inventory",
] as const;
