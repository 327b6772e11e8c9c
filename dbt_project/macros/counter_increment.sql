{#-
What a lifetime counter gained since the last reading that had it; the first reading counts from zero. NULL where this
reading lacks the counter. Negative where the platform corrected or reset it: sums then still end at the newest reading.
-#}
{% macro counter_increment(counter) -%}
    {{ counter }} - coalesce(
        last_value({{ counter }} ignore nulls) over (
            partition by source, account_id, platform, post_id order by snapshot_on
            rows between unbounded preceding and 1 preceding
        ),
        0
    )
{%- endmacro %}
