{#-
What some columns of a CRM record said over time, as far as the kept exports show it: half-open intervals of days per
(source, record_id). The first known version reaches back without limit, the last one has no end (G8, G16).
-#}
{% macro crm_versions(entity, columns) -%}
    select
        source,
        record_id,
        {% for column in columns %}{{ column }}, {% endfor %}
        case when version = 1 then date '0001-01-01' else exported_on end as valid_from,
        lead(exported_on, 1, date '9999-12-31') over (
            partition by source, record_id order by exported_on
        ) as valid_to
    from (
        select *, row_number() over (partition by source, record_id order by exported_on) as version
        from (
            select
                *,
                row_number() over (partition by source, record_id order by exported_on) > 1
                {%- for column in columns %}
                and ({{ column }} is not distinct from lag({{ column }}) over (
                    partition by source, record_id order by exported_on
                ))
                {%- endfor %} as is_unchanged
            from (
                select
                    source, record_id, {% for column in columns %}{{ column }}, {% endfor %}
                    cast(_exported_at as date) as exported_on
                from {{ source('raw', entity) }}
                qualify row_number() over (
                    partition by source, record_id, cast(_exported_at as date)
                    order by _exported_at desc, _batch_id desc, _row_number desc
                ) = 1
            ) as daily
        ) as compared
        where not is_unchanged
    ) as changed
{%- endmacro %}
