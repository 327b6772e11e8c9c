-- How far each metric can be trusted (R112): what feeds it, how fresh and complete that is, and what the platforms' own
-- totals say. What the checks of its table say is known when it is published: meta.mart_status.
with metrics as (
    select * from {{ ref('dim_metric') }}
),

sides as (
    select metric, unnest([numerator, denominator]) as part from metrics
),

-- Columns a metric is made from, as platforms' totals name them: a ratio from both its sides.
parts as (
    select metric, column_name as measure from metrics
    where numerator is null
    union
    select sides.metric, coalesce(metrics.column_name, sides.part)
    from sides
    left join metrics on sides.part = metrics.metric
    where sides.part is not null
),

feeding as (
    select metric, unnest(string_split(source, ', ')) as entity from metrics
),

accounts as (
    select
        feeding.metric,
        exports.channel as channel_kind,
        exports.source,
        exports.account_id,
        sum(exports.rows_loaded) as rows_loaded,
        sum(exports.rows_rejected) as rows_rejected
    from feeding
    inner join {{ ref('int_entity_export') }} as exports on feeding.entity = exports.entity
    group by all
),

fresh as (
    select
        accounts.*,
        least(freshness.last_data_on, {{ data_as_of() }}) as last_data_on,
        freshness.days_behind > {{ var('stale_after_days') }} as is_behind,
        freshness.suspended_file_count
    from accounts
    left join {{ ref('mart_source_freshness') }} as freshness
        on
            accounts.channel_kind = freshness.channel_kind
            and accounts.source = freshness.source
            and accounts.account_id is not distinct from freshness.account_id
),

-- The last total of a period; of several the one that is furthest off.
reconciled as (
    select accounts.metric, totals.*
    from {{ ref('mart_period_reconciliation') }} as totals
    inner join parts on totals.measure = parts.measure
    inner join accounts
        on
            parts.metric = accounts.metric
            and totals.channel_kind = accounts.channel_kind
            and totals.source = accounts.source
            and totals.account_id is not distinct from accounts.account_id
    where totals.status in ('agrees', 'differs')
    qualify row_number() over (
        partition by accounts.metric
        order by
            totals.period_end desc, abs(totals.relative_difference) desc nulls last, totals.source asc,
            totals.account_id asc, totals.measure asc, totals.period_start asc
    ) = 1
),

sources as (
    select metric, source, max(last_data_on) as last_data_on from fresh
    group by metric, source
),

reaching as (
    select
        metric,
        string_agg(source, ', ' order by source) as sources,
        min(last_data_on) as fresh_until,
        arg_min(source, (last_data_on, source)) as oldest_source
    from sources
    group by metric
),

summed as (
    select
        metric,
        count(*) as account_count,
        count(*) filter (where is_behind) as accounts_behind,
        coalesce(sum(suspended_file_count), 0) as suspended_file_count,
        sum(rows_loaded) as rows_loaded,
        sum(rows_loaded) + sum(rows_rejected) as rows_expected
    from fresh
    group by metric
),

joined as (
    select
        metrics.metric,
        metrics.label,
        metrics.mart,
        reaching.sources,
        cast(coalesce(summed.account_count, 0) as bigint) as account_count,
        reaching.fresh_until,
        reaching.oldest_source,
        cast(date_diff('day', reaching.fresh_until, {{ data_as_of() }}) as bigint) as days_behind,
        cast(coalesce(summed.accounts_behind, 0) as bigint) as accounts_behind,
        cast(coalesce(summed.suspended_file_count, 0) as bigint) as suspended_file_count,
        cast(summed.rows_loaded as bigint) as rows_loaded,
        cast(summed.rows_expected as bigint) as rows_expected,
        {{ safe_divide('summed.rows_loaded', 'summed.rows_expected') }} as completeness_share,
        reconciled.period_end as reconciled_until,
        reconciled.source as reconciled_source,
        reconciled.measure as reconciled_measure,
        reconciled.total_value as reconciled_total,
        reconciled.difference as reconciled_difference,
        {{ safe_divide('reconciled.difference', 'reconciled.total_value') }} as reconciled_relative_difference,
        reconciled.status as reconciliation
    from metrics
    left join summed on metrics.metric = summed.metric
    left join reaching on metrics.metric = reaching.metric
    left join reconciled on metrics.metric = reconciled.metric
),

judged as (
    select
        *,
        case
            when account_count = 0 then 'Nothing is loaded that feeds it'
            when reconciliation = 'differs' then 'The last total of a platform differs'
            when suspended_file_count > 0 then 'A file that would feed it is suspended'
            when accounts_behind > 0 then 'An account that feeds it is behind'
            when completeness_share < {{ var('complete_from_share') }} then 'Rows that would feed it were rejected'
            else 'What feeds it is fresh and complete'
        end as reason
    from joined
),

final as (
    select
        * exclude (reason),
        case
            when account_count = 0 then 'unknown'
            when reconciliation = 'differs' then 'fail'
            when reason = 'What feeds it is fresh and complete' then 'pass'
            else 'warn'
        end as status,
        reason,
        {{ data_as_of() }} as data_as_of
    from judged
)

select * from final
