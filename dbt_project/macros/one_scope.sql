{#-
Rows of an entity whose exports cut the same total in different ways (by campaign, by ad, by device, by landing page),
judged like row_outcomes plus the outcome `other_scope`: per source, account and day (or period) the rows of exactly one
cut count, so that nothing is summed twice.

cut         SQL over a row that names how it was cut; the batch's scope separates cuts as well
batch_fact  SQL aggregate over a batch, as text, that separates cuts too
preference  SQL aggregates over one cut's rows of the day: the cut with the highest values wins, in their order, then
            the first name
-#}
{% macro one_scope(entity, cut, preference, batch_fact="''") -%}
    {%- set rules = entity_rules(entity) -%}
    {%- set days = [rules['date_column']] if rules['date_column'] is string else rules['date_column'] -%}
    with batch_facts as (
        select _batch_id as _fact_batch_id, {{ batch_fact }} as _batch_fact
        from {{ source('raw', entity) }}
        group by _batch_id
    ),

    cuts as (
        select
            judged.*,
            coalesce(_scope, '') || ' ' || {{ cut }} || ' ' || batch_facts._batch_fact as _cut
        from ({{ row_outcomes(source('raw', entity), **rules) }}) as judged
        left join batch_facts on judged._batch_id = batch_facts._fact_batch_id
    ),

    chosen as (
        select source, account_id, {{ days | join(', ') }}, _cut
        from cuts
        where _outcome = 'current'
        group by source, account_id, {{ days | join(', ') }}, _cut
        qualify row_number() over (
            partition by source, account_id, {{ days | join(', ') }}
            order by {% for expression in preference %}{{ expression }} desc, {% endfor %}_cut
        ) = 1
    )

    select
        cuts.* exclude (_cut, _outcome),
        case
            when cuts._outcome <> 'current' then cuts._outcome
            when chosen._cut is null then 'other_scope'
            else 'current'
        end as _outcome
    from cuts
    left join chosen
        on cuts.source = chosen.source
        and cuts.account_id = chosen.account_id
        {%- for day in days %}
        and cuts.{{ day }} = chosen.{{ day }}
        {%- endfor %}
        and cuts._cut = chosen._cut
{%- endmacro %}
