{%- set counters = {
    'delivered': 'delivered', 'opens': 'opens', 'clicks': 'clicks_unique', 'unsubscribes': 'unsubscribes',
    'complaints': 'complaints', 'orders': 'orders', 'revenue_native': 'revenue_native'
} %}
{% set gained = [] %}
{% for name, counter in counters.items() %}
    {% set last = "coalesce(last_value(" ~ counter ~ " ignore nulls) over before, 0)" %}
    {% set gain = counter ~ " - " ~ last %}
    {% set gain = "cast(" ~ gain ~ " as decimal(18, 6))" if name == "revenue_native" else gain %}
    {% do gained.append(gain ~ " as " ~ name ~ "_gained") %}
{% endfor %}
with sends as (
    select * from {{ ref('int_email_version') }}
),

readings as (
    select
        {{ version_column_names() | join(',\n        ') }},
        {{ email_campaign_columns() }}
    from sends
),

-- What each counter gained since the last reading that had it; the first reading counts from zero.
gains as (
    select
        row_key,
        version_number,
        {{ gained | join(',\n        ') }}
    from readings
    window before as (
        partition by row_key order by version_number rows between unbounded preceding and 1 preceding
    )
),

final as (
    select
        readings.* exclude (data_as_of),
        {% for name in counters %}
            gains.{{ name }}_gained,
        {% endfor %}
        readings.version_number = 1 as is_first_reading,
        coalesce(
            least(
                {% for name in counters %}
                    gains.{{ name }}_gained{{ ',' if not loop.last }}
                {% endfor %}
            ) < 0,
            false
        ) as is_counter_reset,
        readings.data_as_of
    from readings
    inner join gains on readings.row_key = gains.row_key and readings.version_number = gains.version_number
)

select * from final
