{{ config(materialized='ephemeral') }}
-- Whether anything was loaded of what metrics of goals depend on.
select 'opportunities' as entity, count(*) > 0 as is_loaded from {{ ref('stg_crm_opportunities') }}
union all
select 'leads', count(*) > 0 from {{ ref('int_person_origin') }}
union all
select 'campaign_members', count(*) > 0 from {{ ref('stg_crm_campaign_members') }}
union all
select 'activities', count(*) > 0 from {{ ref('stg_crm_activities') }}
union all
select 'subscriptions', count(*) > 0 from {{ ref('stg_crm_subscriptions') }}
union all
select 'product_costs', count(unit_cost) > 0 from {{ ref('stg_crm_products') }}
union all
select 'list_prices', count(list_price) > 0 from {{ ref('stg_crm_opportunity_lines') }}
