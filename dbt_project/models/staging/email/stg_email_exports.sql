{{ config(materialized='ephemeral') }}

-- Raw sends under one id each. A file without ids names a send by its title and time. If exactly one send with an id
-- has that title and minute in the same account (the subject decides between several), the two are one send.
{%- set measures = [
    'audience', 'recipients', 'delivered', 'bounces_hard', 'bounces_soft', 'bounces', 'opens_unique', 'opens_total',
    'opens_machine', 'clicks_unique', 'clicks_total', 'unsubscribes', 'complaints', 'forwards', 'orders', 'currency'
] %}
with exported as (
    select
        *,
        coalesce(campaign_id = concat(campaign_name, ' @ ', cast(sent_at as varchar)), false) as _is_named_only,
        coalesce(starts_with(campaign_id, concat(campaign_name, ' @ ')), false) as _is_named,
        lower(trim(regexp_replace(campaign_name, '\s+', ' ', 'g'))) as _title,
        coalesce(lower(trim(regexp_replace(subject, '\s+', ' ', 'g'))), '') as _subject,
        date_trunc('minute', sent_at) as _minute
    from {{ source('raw', 'email_campaigns') }}
),

with_ids as (
    select distinct source, account_id, _title, _minute, _subject, campaign_id as _id
    from exported
    where not _is_named and campaign_id is not null
),

by_title as (
    select source, account_id, _title, _minute, any_value(_id) as _id
    from with_ids
    group by source, account_id, _title, _minute
    having count(distinct _id) = 1
),

by_subject as (
    select source, account_id, _title, _minute, _subject, any_value(_id) as _id
    from with_ids
    group by source, account_id, _title, _minute, _subject
    having count(distinct _id) = 1
),

identified as (
    select
        exported.* exclude (_title, _subject, _minute, _is_named)
        replace (coalesce(by_title._id, by_subject._id, exported.campaign_id) as campaign_id)
    from exported
    left join by_title
        on
            exported.source = by_title.source
            and exported.account_id = by_title.account_id
            and case when exported._is_named_only then exported._title end = by_title._title
            and exported._minute = by_title._minute
    left join by_subject
        on
            exported.source = by_subject.source
            and exported.account_id = by_subject.account_id
            and case when exported._is_named_only then exported._title end = by_subject._title
            and exported._minute = by_subject._minute
            and exported._subject = by_subject._subject
),

sends as (
    select
        *,
        bool_or(_is_named_only) over send and not bool_and(_is_named_only) over send as _is_of_two_kinds
    from identified
    window send as (partition by source, account_id, campaign_id)
),

-- Each kind of file lacks measures that the other has: what the newer does not say stays as the older said. Revenue is
-- that of the kind with ids as soon as there is one; the single report's is gross.
filled as (
    select
        * exclude (_is_named_only, _is_of_two_kinds)
        replace (
            {% for measure in measures -%}
                last_value({{ measure }} ignore nulls) over so_far as {{ measure }},
            {% endfor -%}
            coalesce(
                last_value(case when not _is_named_only then revenue end ignore nulls) over so_far,
                last_value(revenue ignore nulls) over so_far
            ) as revenue
        )
    from sends
    where _is_of_two_kinds
    window so_far as (
        partition by source, account_id, campaign_id order by _exported_at, _batch_id, _row_number
        rows between unbounded preceding and current row
    )
),

final as (
    select * exclude (_is_named_only, _is_of_two_kinds)
    from sends
    where not _is_of_two_kinds
    union all by name
    select * from filled
)

select * from final
