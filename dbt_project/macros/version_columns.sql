{#- What row_versions knows about a version, under the names that are published. Days are business days (G10). -#}
{% macro version_columns() -%}
    _row_key as row_key,
    cast(_version as bigint) as version_number,
    _reported_from as reported_from,
    _reported_until as reported_until,
    {{ business_day('_reported_from') }} as reported_on,
    {{ business_day('_reported_until') }} as replaced_on,
    _ended_by as ended_by
{%- endmacro %}

{#- The same, passed on by a model that reads them. -#}
{% macro version_column_names() -%}
    {{ return([
        'row_key', 'version_number', 'reported_from', 'reported_until', 'reported_on', 'replaced_on', 'ended_by'
    ]) }}
{%- endmacro %}
