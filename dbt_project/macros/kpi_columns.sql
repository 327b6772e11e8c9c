{#- Every measure of kpi_measures as a column: the expression given for it, else NULL (unknown, not zero: G3). -#}
{% macro kpi_columns(given) -%}
    {%- for measure, type in kpi_measures() %}
        cast({{ given.get(measure, 'null') }} as {{ type }}) as {{ measure }},
    {%- endfor %}
        cast({{ given.get('spend_native', 'null') }} as decimal(18, 6)) as spend_native,
        cast({{ given.get('currency', 'null') }} as varchar) as currency,
        cast({{ given.get('is_fx_missing', 'false') }} as boolean) as is_fx_missing,
        cast({{ given.get('attribution_window', 'null') }} as varchar) as attribution_window,
        coalesce({{ given.get('attribution_window', 'null') }} = '(several)', false) as has_mixed_windows
{%- endmacro %}
