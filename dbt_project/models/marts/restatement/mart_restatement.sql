-- What later exports changed in what had been reported already. Totals of a day are running sums of all differences.
{%- set additive_social = [
    'impressions', 'views', 'clicks', 'link_clicks', 'reactions', 'comments', 'shares', 'saves', 'visits',
    'video_views', 'engagements', 'conversions', 'follows_new', 'likes'
] %}
{%- set created = ['crm_accounts', 'crm_contacts', 'crm_leads'] %}
{%- set records = ref('fct_crm_record_version') %}
with differences as (
    {{ restated('ads_performance', ref('fct_ad_performance_version'), {
        'spend': 'spend_native', 'impressions': 'impressions', 'clicks': 'clicks', 'conversions': 'conversions',
        'conversion_value': 'conversion_value_native', 'purchases': 'purchases',
        'purchase_value': 'purchase_value_native', 'leads': 'leads'
    }, 'date_day', 'date_day') }}
    union all
    {{ restated('web_traffic', ref('fct_web_traffic_version'), {
        'sessions': 'sessions', 'engaged_sessions': 'engaged_sessions', 'page_views': 'page_views',
        'event_count': 'event_count', 'key_events': 'key_events', 'revenue': 'revenue_native'
    }, 'date_day', 'date_day') }}
    union all
    {{ restated('email_campaigns', ref('fct_email_campaign_version'), {
        'sent': 'sent', 'delivered': 'delivered', 'bounces': 'bounces', 'opens': 'opens', 'clicks': 'clicks_unique',
        'unsubscribes': 'unsubscribes', 'complaints': 'complaints', 'orders': 'orders', 'revenue': 'revenue_native'
    }, 'sent_on', 'sent_on') }}
    union all
    {{ restated('social_daily', ref('fct_social_page_version'), {'metric': 'metric_value'}, 'date_day', 'date_day',
        currency='cast(null as varchar)', variant="metric || '_' || metric_scope",
        where="metric in ('" ~ additive_social | join("', '") ~ "')") }}
    union all
    {% for entity in created -%}
        {{ restated(entity, records, {}, 'created_on', 'created_on', account='export_account_id',
            where="entity = '" ~ entity ~ "'") }}
        union all
    {% endfor -%}
    {{ restated('crm_opportunities', records, {'amount': 'amount_native'}, 'created_on', 'created_on',
        account='export_account_id', where="entity = 'crm_opportunities'") }}
    union all
    {{ restated('crm_opportunities', records, {'won_amount': 'amount_native'}, 'closed_on', 'closed_on',
        account='export_account_id', rows_measure='won_rows',
        where="entity = 'crm_opportunities' and status = 'won'") }}
    union all
    {{ restated('crm_subscriptions', records, {'amount': 'amount_native'}, 'started_on', 'started_on',
        account='export_account_id', where="entity = 'crm_subscriptions'") }}
    union all
    {{ restated('marketing_costs', ref('fct_plan_version'), {
        'amount_actual': "case when kind = 'actual' then amount_native end",
        'amount_planned': "case when kind = 'planned' then amount_native end"
    }, 'start_date', 'start_date', where="plan_kind = 'marketing_cost'") }}
),

batches as (
    select * from {{ ref('int_entity_export') }}
),

-- A day was reported first by the first export that had a row of it, or by its kind should have had one: a full one of
-- a later day, or one that replaces a period with the day in it. What comes after that is a restatement. Metrics that
-- are rows of their own come in exports of their own.
covering as (
    select entity, source, account_id, variant, period_day, changed_at as reported_at
    from differences
    union
    select days.entity, days.source, days.account_id, days.variant, days.period_day, batches.exported_at
    from (select distinct entity, source, account_id, variant, period_day from differences) as days
    inner join batches
        on
            days.entity = batches.entity
            and days.source = batches.source
            and days.account_id = batches.account_id
            and (
                (
                    batches.restatement = 'replace_period'
                    and days.period_day between batches.period_start and batches.period_end
                )
                or (batches.restatement = 'full' and days.period_day < batches.exported_on)
            )
),

first_reports as (
    select entity, source, account_id, variant, period_day, min(reported_at) as first_reported_at
    from covering
    group by entity, source, account_id, variant, period_day
),

totals as (
    select
        *,
        sum(difference) over (
            partition by entity, source, account_id, currency, measure, period_day order by changed_at
        ) as new_value
    from differences
),

restating_exports as (
    select
        entity,
        source,
        account_id,
        exported_at,
        string_agg(distinct restatement, ', ' order by restatement) as restatement,
        string_agg(batch_id, ', ' order by batch_id) as batch_ids,
        string_agg(distinct file_name, ', ' order by file_name) as file_names
    from batches
    group by entity, source, account_id, exported_at
),

final as (
    select
        totals.entity,
        totals.source,
        totals.account_id,
        totals.measure,
        totals.currency,
        totals.dated_by,
        totals.period_day,
        totals.changed_at as exported_at,
        {{ business_day('totals.changed_at') }} as exported_on,
        first_reports.first_reported_at,
        cast({{ business_day('totals.changed_at') }} - totals.period_day as bigint) as days_after,
        cast(totals.new_value - totals.difference as decimal(38, 6)) as old_value,
        cast(totals.new_value as decimal(38, 6)) as new_value,
        totals.difference,
        {{ safe_divide('totals.difference', 'abs(totals.new_value - totals.difference)') }} as relative_difference,
        totals.rows_changed,
        totals.rows_added,
        totals.rows_removed,
        totals.rows_deleted,
        totals.rows_merged,
        restating_exports.restatement,
        restating_exports.batch_ids,
        restating_exports.file_names,
        {{ data_as_of() }} as data_as_of
    from totals
    inner join first_reports
        on
            totals.entity = first_reports.entity
            and totals.source = first_reports.source
            and totals.account_id = first_reports.account_id
            and totals.variant = first_reports.variant
            and totals.period_day = first_reports.period_day
    left join restating_exports
        on
            totals.entity = restating_exports.entity
            and totals.source = restating_exports.source
            and totals.account_id = restating_exports.account_id
            and totals.changed_at = restating_exports.exported_at
    where totals.rows_touched > 0 and totals.changed_at > first_reports.first_reported_at
)

select * from final
