{#- A customer's day one, customer_id and started_on: the first purchase, else the first contract that counts. -#}
{% macro customer_starts() -%}
    select customer_id, min(started_on) as started_on
    from (
        select customer_id, first_purchase_on as started_on from {{ ref('mart_customer_value') }}
        union all
        select customer_id, valid_from from {{ ref('fct_subscription') }}
        where excluded_reason is null
    ) as days
    group by customer_id
{%- endmacro %}
