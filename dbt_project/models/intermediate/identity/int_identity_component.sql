{{
    config(meta={
        'key': 'node',
        'patch': {
            'inputs': {
                'int_identity_edge': '
                    from {changes}
                    union all
                    select node from {this}
                    where component in (select component from {this} where node in {changes})',
            },
            'restrict': [
                ['int_identity_edge', 'a in {keys}'],
            ]
        }
    })
}}
-- Which leads, contacts and addresses hang together, over any chain: each with the smallest of them. Whom a new or
-- vanished edge touches is searched anew together with all that hung together with it.
with components as (
    {{ connected_components(ref('int_identity_edge')) }}
),

final as (
    select node, component from components
)

select * from final
