-- Words in the exports that no rule knows, with what they lead to and what to do.
with unknown_values as (
    select * from {{ ref('int_unknown_value') }}
),

final as (
    select
        field,
        source,
        value,
        cast(row_count as bigint) as row_count,
        cast(amount_reporting as decimal(18, 2)) as amount_reporting,
        nearest_value,
        first_seen_on,
        file_name,
        case field
            when 'country'
                then 'Counted in region Unknown. Write the country by its name or ISO 3166 code in the CRM.'
            when 'lead source'
                then 'Counted in channel Unknown. Add a line to pipelines/channel_rules.csv (docs/channels.md).'
            when 'product'
                then concat(
                    'Sold, but in no catalogue: no family, no price, no goal of a product. ',
                    'Is it "' || nearest_value || '"? ', 'Write both the same way in the CRM.'
                )
            when 'email event'
                then 'Counted in no send. Map it under `values` in the contract.'
            else concat(
                'A step of its own, placed by the CRM''s flags if it has any. ',
                'Add it to pipelines/pipeline_stages.csv (docs/operations.md).'
            )
        end as what_to_do,
        {{ data_as_of() }} as data_as_of
    from unknown_values
)

select * from final
