{#-
Business seconds from the beginning of time to a UTC instant: Monday to Friday between the hours of variables
business_day_start_hour and business_day_end_hour in the business time zone. The difference of two is the time that was
there to act. Counted, not walked through, so that it costs the same for a minute and for a year. BIGINT.
-#}
{% macro business_seconds(utc_timestamp) -%}
    {%- set local = "timezone('" ~ var('business_timezone') ~ "', timezone('UTC', " ~ utc_timestamp ~ "))" -%}
    {%- set day = "date_diff('day', date '1900-01-01', cast(" ~ local ~ " as date))" -%}
    {%- set second = "date_diff('second', date_trunc('day', " ~ local ~ "), " ~ local ~ ")" -%}
    {%- set opens = "(" ~ var('business_day_start_hour') ~ " * 3600)" -%}
    {%- set open_for = "((" ~ var('business_day_end_hour') ~ " - " ~ var('business_day_start_hour') ~ ") * 3600)" -%}
    (
        {{ day }} // 7 * 5 * {{ open_for }}
        + least({{ day }} % 7, 5) * {{ open_for }}
        + case when {{ day }} % 7 < 5 then least(greatest({{ second }} - {{ opens }}, 0), {{ open_for }}) else 0 end
    )
{%- endmacro %}
