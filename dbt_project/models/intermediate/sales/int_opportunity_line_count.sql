{{ config(materialized='ephemeral') }}
-- How many lines a deal of any status has; int_sales_line has those of won deals only.
select
    opportunity_id,
    count(*) as line_count,
    count(distinct product_id) as product_count
from {{ ref('int_opportunity_line') }}
group by opportunity_id
