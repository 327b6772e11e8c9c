-- Every merge the CRM ever reported, also of records that newer exports no longer hold.
with recursive reported as (
    {% for entity in crm_mergeable_entities() %}
        select
            '{{ entity }}' as entity, source, record_id, merged_into_id, _exported_at, _batch_id, _row_number
        from {{ source('raw', entity) }} as versions
        -- Most records were never merged: only the versions of those that were are worth a sort.
        where
            exists (
                select 1 from {{ source('raw', entity) }} as merged_once
                where
                    merged_once.merged_into_id is not null
                    and merged_once.source = versions.source
                    and merged_once.record_id = versions.record_id
            )
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

newest as (
    select *
    from reported
    qualify row_number() over (
        partition by entity, source, record_id order by _exported_at desc, _batch_id desc, _row_number desc
    ) = 1
),

merged as (
    select entity, source, record_id, merged_into_id
    from newest
    where merged_into_id is not null and merged_into_id <> record_id
),

-- Along the chain: A into B, later B into C, gives A into C.
chain as (
    select entity, source, record_id, merged_into_id as survivor, 1 as steps
    from merged
    union all
    select chain.entity, chain.source, chain.record_id, merged.merged_into_id, chain.steps + 1
    from chain
    inner join merged
        on chain.entity = merged.entity and chain.source = merged.source and chain.survivor = merged.record_id
    where chain.steps < 50 and merged.merged_into_id <> chain.record_id
),

ends as (
    select *
    from chain
    qualify row_number() over (partition by entity, source, record_id order by steps desc) = 1
),

-- Records merged into each other in a circle have no survivor: all of them stay.
final as (
    select
        ends.entity,
        {{ conformed_id('ends.record_id', 'ends.source') }} as merged_id,
        {{ conformed_id('ends.survivor', 'ends.source') }} as survivor_id,
        cast(ends.steps as bigint) as merge_steps
    from ends
    left join merged
        on ends.entity = merged.entity and ends.source = merged.source and ends.survivor = merged.record_id
    where merged.record_id is null
)

select * from final
