{#-
Who owned each lead, contact and deal, as spans of days (owned_after, exported_on]: the owner on a day is who the first
export on or after it names, since records are handed over later. Exports in a row that name the same owner are one span,
so that their number grows with changes of hands, not with exports.
-#}
{% macro owner_spans() -%}
    select
        record_kind, record_id, exported_on, owner_id, owner_name,
        lag(exported_on, 1, date '0001-01-01') over (
            partition by record_kind, record_id order by exported_on
        ) as owned_after
    from (
        select
            *,
            lead(exported_on) over exports as next_exported_on,
            lead(owner_id) over exports as next_owner_id,
            lead(owner_name) over exports as next_owner_name
        from (
            select record_kind, record_id, exported_on, owner_id, owner_name from {{ ref('stg_crm_lead_owners') }}
            {{ where_touched('record_id') }}
            union all
            select 'opportunity', opportunity_id, exported_on, owner_id, owner_name
            from {{ ref('stg_crm_opportunity_owners') }}
        ) as exported
        window exports as (partition by record_kind, record_id order by exported_on)
    ) as compared
    where
        next_exported_on is null
        or next_owner_id is distinct from owner_id
        or next_owner_name is distinct from owner_name
{%- endmacro %}
