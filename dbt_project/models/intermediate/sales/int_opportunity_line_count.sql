{{ config(materialized='ephemeral') }}
-- How many lines a deal of any status has; int_sales_line has those of won deals only.
select
    opportunity_id,
    count(*) as line_count,
    count(distinct product_id) as product_count
from {{ ref('stg_crm_opportunity_lines') }}
group by opportunity_id
