-- Web rows by landing page that count: one export by landing page for each day or period. The reports by channel, which
-- count in stg_web_traffic, are about the same visits.
with days as (
    {{ one_scope('web_traffic', **landing_page_rules()) }}
),

periods as (
    {{ one_scope('web_period', **landing_page_rules()) }}
),

both_kinds as (
    select *, date as period_start, date as period_end, true as is_daily from days
    union all by name
    select *, false as is_daily from periods
),

final as (
    select
        is_daily,
        period_start,
        period_end,
        {{ staged_web() }}
    from both_kinds
    where _outcome = 'current'
    qualify {{ has_landing_pages() }} and {{ unnumbered('both_kinds.breakdown') }} = ''
)

select * from final
