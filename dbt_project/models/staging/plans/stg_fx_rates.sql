with current_rates as (
    {{ current_rows(source('raw', 'fx_rates'), **entity_rules('fx_rates')) }}
),

final as (
    select
        rate_date,
        upper(trim(from_currency)) as from_currency,
        upper(trim(to_currency)) as to_currency,
        rate,
        source,
        account_id
    from current_rates
    where rate > 0 and rate_date is not null
    -- Several tables of rates may give the same pair; the newest export decides.
    qualify row_number() over (
        partition by rate_date, upper(trim(from_currency)), upper(trim(to_currency))
        order by _exported_at desc, _batch_id desc, _row_number desc
    ) = 1
)

select * from final
