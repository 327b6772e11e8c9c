{#-
Lines of fct_sales_line by who is credited with them (R011): one row per line and rep, amounts being the rep's part. A line
that several have a part in `is_leading` for one of them only, who it is counted for.
-#}
{% macro credited_lines() -%}
    select
        lines.* replace (
            coalesce(credits.rep_id, lines.rep_id) as rep_id,
            coalesce(credits.rep_name, lines.rep_name) as rep_name,
            coalesce(credits.team, lines.team) as team,
            coalesce(credits.amount_reporting, lines.amount_reporting) as amount_reporting,
            coalesce(credits.list_reporting, lines.list_reporting) as list_reporting,
            coalesce(cast(credits.list_reporting - credits.amount_reporting as decimal(18, 2)), lines.discount_reporting)
                as discount_reporting,
            coalesce(cast(credits.amount_reporting - credits.cost_reporting as decimal(18, 2)), lines.margin_reporting)
                as margin_reporting
        ),
        coalesce(credits.is_leading, true) as is_leading
    from {{ ref('fct_sales_line') }} as lines
    left join {{ ref('int_sales_credit') }} as credits on lines.line_id = credits.line_id
{%- endmacro %}
