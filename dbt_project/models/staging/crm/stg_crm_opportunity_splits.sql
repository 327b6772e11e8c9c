with current_splits as (
    {{ crm_records('crm_opportunity_splits') }}
),

known as (
    select
        own.account_id as org_id,
        {{ conformed_id('own.record_id', 'own.source') }} as split_id,
        own.source,
        {{ survivor_id('own.opportunity_id', 'own.source', 'opportunity_merge') }} as opportunity_id,
        {{ conformed_id('own.owner_id', 'own.source') }} as owner_id,
        cast(round(own.split_rate * 1000000) as bigint) as split_millionths,
        nullif(trim(own.split_type_id), '') as split_type_id
    from current_splits as own
    {{ survivor_join('crm_opportunities', 'own.opportunity_id', 'own.source', 'opportunity_merge') }}
),

-- Which kind of split is of revenue stands in no export. It is the one that has to come to 100 %, as Salesforce holds
-- every deal to: the kind that does so on most deals. Without a kind it is that one.
kinds as (
    select source, org_id, split_type_id
    from (
        select source, org_id, split_type_id, opportunity_id
        from known
        group by source, org_id, split_type_id, opportunity_id
        having sum(split_millionths) = 1000000
    ) as whole
    where split_type_id is not null
    group by source, org_id, split_type_id
    qualify row_number() over (partition by source, org_id order by count(*) desc, split_type_id asc) = 1
),

with_kind as (
    select
        known.*,
        known.split_type_id is null or kinds.split_type_id is not null as is_of_revenue
    from known
    left join kinds
        on
            known.source = kinds.source
            and known.org_id = kinds.org_id
            and known.split_type_id = kinds.split_type_id
),

sums as (
    select opportunity_id, sum(split_millionths) as split_millionths
    from with_kind
    where is_of_revenue
    group by opportunity_id
),

final as (
    select
        with_kind.* exclude (org_id, is_of_revenue),
        with_kind.is_of_revenue and sums.split_millionths = 1000000 as is_revenue
    from with_kind
    left join sums on with_kind.opportunity_id = sums.opportunity_id
)

select * from final
