{#-
Sums of every measure over a group; native spend only where the group has one currency. A sum over nothing but unknown
values stays unknown (G3).
-#}
{% macro kpi_sums() -%}
    {%- for measure, type in kpi_measures() %}
        cast(sum({{ measure }}) as {{ type }}) as {{ measure }},
    {%- endfor %}
        case when count(distinct currency) = 1 then cast(sum(spend_native) as decimal(18, 6)) end as spend_native,
        case when count(distinct currency) = 1 then max(currency) end as currency,
        coalesce(bool_or(is_fx_missing), false) as is_fx_missing,
        case when count(distinct attribution_window) = 1 and not bool_or(has_mixed_windows) then max(attribution_window) end
            as attribution_window,
        count(distinct attribution_window) > 1 or coalesce(bool_or(has_mixed_windows), false) as has_mixed_windows
{%- endmacro %}
