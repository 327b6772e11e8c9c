-- Which ids a goal means: its scope names a rep, team, channel, region, campaign or product by name or id.
with known as (
    select 'company' as scope_type, '' as scope_id, '' as scope_name
    union all
    select 'rep', rep_id, rep_name from {{ ref('int_sales_rep') }}
    union all
    select distinct 'team', team, team from {{ ref('int_sales_rep') }}
    union all
    select distinct 'team', team, team from {{ ref('int_rep_team') }}
    union all
    select 'channel', channel, channel from {{ ref('channels') }}
    union all
    select distinct 'region', region, region from {{ ref('countries') }}
    union all
    select 'campaign', campaign_id, campaign_name from {{ ref('int_campaign') }}
    union all
    select 'product', product_id, product_name from {{ ref('stg_crm_products') }}
),

final as (
    select distinct
        goals.goal_id,
        goals.goal_version,
        known.scope_id
    from {{ ref('stg_goals') }} as goals
    inner join known
        on
            goals.scope_type = known.scope_type
            and (
                goals.scope_type = 'company'
                or lower(goals.scope) in (lower(known.scope_name), lower(known.scope_id))
            )
)

select * from final
