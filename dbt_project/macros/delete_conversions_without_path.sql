{#- Before int_attribution_credit is filled up: `delete+insert` replaces only conversions that have new rows. -#}
{% macro delete_conversions_without_path() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            (stage, conversion_id) not in (select (stage, conversion_id) from {{ ref('int_attribution_touch') }})
    {%- endif -%}
{%- endmacro %}
