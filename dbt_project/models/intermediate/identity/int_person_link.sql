-- Which lead or contact is which person: the same through conversion or through the same e-mail address (its hash).
-- Merges are resolved in staging already.

with components as (
    {{ connected_components(ref('int_identity_edge')) }}
),

final as (
    select
        substr(node, 3) as record_id,
        case left(node, 2) when '1|' then 'lead' else 'contact' end as record_kind,
        substr(component, 3) as person_id
    from components
    where left(node, 2) <> '3|'
)

select * from final
