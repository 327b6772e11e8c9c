{{ config(tags=['dated']) }}
-- How well each lead fits by the rules of seed fit_rules (R089). A rule holds if all of its conditions do; what is
-- not known of a lead holds for none. Behaviour counts for variable fit_behaviour_days after the lead came, so that
-- those who became customers, and went on answering, have no more points for it.
with rules as (
    select * from {{ ref('fit_rules') }}
    where field <> 'grade'
),

grades as (
    select rule as grade, points from {{ ref('fit_rules') }}
    where field = 'grade'
),

leads as (
    select * from {{ ref('int_person') }}
    where lead_created_on is not null
),

origins as (
    select person_id, channel from {{ ref('int_person_origin') }}
),

links as (
    select * from {{ ref('int_person_link') }}
),

lead_records as (
    select
        links.person_id,
        max_by(records.industry, (records.created_at, records.lead_id)) filter (
            where nullif(trim(records.industry), '') is not null
        ) as industry
    from {{ ref('stg_crm_leads') }} as records
    inner join links on links.record_kind = 'lead' and records.lead_id = links.record_id
    group by links.person_id
),

contact_records as (
    select
        links.person_id,
        max_by(records.job_title, (records.created_at, records.contact_id)) filter (
            where records.job_title is not null
        ) as job_title
    from {{ ref('stg_crm_contacts') }} as records
    inner join links on links.record_kind = 'contact' and records.contact_id = links.record_id
    group by links.person_id
),

companies as (
    select account_id, industry, segment, employees from {{ ref('int_account') }}
),

answers as (
    select leads.person_id, count(responses.campaign_member_id) as answers
    from leads
    inner join {{ ref('int_campaign_response') }} as responses
        on
            leads.person_id = responses.person_id
            and responses.responded_at
            <= leads.lead_created_at + interval ({{ var('fit_behaviour_days') }}) day
    group by leads.person_id
),

clicks as (
    select leads.person_id, count(distinct clicks.source || ':' || clicks.send_id) as clicks
    from leads
    inner join {{ ref('int_email_click') }} as clicks
        on
            leads.person_id = clicks.person_id
            and clicks.is_human
            and clicks.clicked_at <= leads.lead_created_at + interval ({{ var('fit_behaviour_days') }}) day
    group by leads.person_id
),

known as (
    select
        leads.person_id,
        lower(trim(coalesce(lead_records.industry, companies.industry))) as industry,
        lower(leads.country_code) as country,
        lower(trim(companies.segment)) as segment,
        lower(origins.channel) as channel,
        lower(trim(leads.lead_source)) as lead_source,
        regexp_replace(
            lower(contact_records.job_title), '[^\pL\pN]+', ' ', 'g'
        ) as title,
        companies.employees,
        leads.form_submissions as forms,
        coalesce(answers.answers, 0) as answers,
        coalesce(clicks.clicks, 0) as clicks
    from leads
    left join origins on leads.person_id = origins.person_id
    left join lead_records on leads.person_id = lead_records.person_id
    left join contact_records on leads.person_id = contact_records.person_id
    left join companies on leads.account_id = companies.account_id
    left join answers on leads.person_id = answers.person_id
    left join clicks on leads.person_id = clicks.person_id
),

facts as (
    {% for field in ['industry', 'country', 'segment', 'channel', 'lead_source', 'title'] -%}
        select person_id, '{{ field }}' as field, {{ field }} as text, cast(null as double) as number from known
        union all
    {% endfor -%}
    {% for field in ['employees', 'forms', 'answers', 'clicks'] -%}
        select person_id, '{{ field }}', null, {{ field }} from known
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

judged as (
    select
        facts.person_id,
        rules.rule,
        rules.points,
        facts.text is null and facts.number is null as is_unknown,
        case rules.condition
            when 'any_of' then list_contains(string_split(rules.value, '|'), facts.text)
            when 'words'
                then regexp_matches(
                    ' ' || facts.text || ' ',
                    ' (' || regexp_replace(rules.value, '[^\pL\pN|]+', ' ', 'g') || ') '
                )
            when 'at_least' then facts.number >= try_cast(rules.value as double)
            when 'at_most' then facts.number <= try_cast(rules.value as double)
        end as holds
    from rules
    inner join facts on rules.field = facts.field
),

ruled as (
    select
        person_id,
        rule,
        max(points) as points,
        bool_and(coalesce(holds, false)) as holds,
        bool_or(is_unknown) as is_unknown
    from judged
    group by person_id, rule
),

scored as (
    select
        person_id,
        cast(coalesce(sum(points) filter (where holds), 0) as bigint) as score,
        string_agg(rule, '; ' order by rule) filter (where holds) as evidence,
        count(*) filter (where is_unknown) as rules_unknown
    from ruled
    group by person_id
),

final as (
    select
        leads.person_id,
        coalesce(scored.score, 0) as score,
        coalesce(max_by(grades.grade, grades.points), '(none)') as grade,
        scored.evidence,
        coalesce(scored.rules_unknown, 0) as rules_unknown
    from leads
    left join scored on leads.person_id = scored.person_id
    left join grades on coalesce(scored.score, 0) >= grades.points
    group by leads.person_id, scored.score, scored.evidence, scored.rules_unknown
)

select * from final
