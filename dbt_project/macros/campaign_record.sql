{#- How a platform row names its campaign: its id, else its normalised name. Key of int_campaign_record with the source. -#}
{% macro campaign_record(id_column, name_column) -%}
    coalesce({{ id_column }}, {{ normalised_campaign(name_column) }})
{%- endmacro %}

{% macro campaign_join(kind, source, record, alias='campaigns') -%}
    left join {{ ref('int_campaign_record') }} as {{ alias }}
        on {{ alias }}.record_kind = '{{ kind }}'
        and {{ alias }}.source = {{ source }}
        and {{ alias }}.record_id = {{ record }}
{%- endmacro %}
