{{ config(materialized='ephemeral') }}
-- Whether anything was loaded of what metrics of goals depend on.
select 'opportunities' as entity, count(*) > 0 as is_loaded from {{ ref('stg_crm_opportunities') }}
union all
select 'leads', count(*) > 0 from {{ ref('int_person_origin') }}
union all
select 'campaign_members', count(*) > 0 from {{ ref('stg_crm_campaign_members') }}
