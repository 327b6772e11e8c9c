{{
    config(meta={
        'key': 'person_id',
        'patch': {
            'inputs': {
                'int_identity_component': '
                    select substr(component, 3) from {int_identity_component} where node in {changes}
                    union all
                    select person_id from {this}
                    where record_id in (select substr(node, 3) from {changes} as changes (node))',
            },
            'restrict': [
                ['int_identity_component', 'substr(component, 3) in {keys}'],
            ]
        }
    })
}}
-- Which lead or contact is which person: the same through conversion or through the same e-mail address (its hash).
-- Merges are resolved in staging already.
with components as (
    select * from {{ ref('int_identity_component') }}
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
