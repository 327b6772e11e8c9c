{#-
CTEs of the contracts that count, with their days of grace: a gap of up to churn_grace_days until the next contract is not
churn (R088), so that what ran out goes on until then.

counted  customer_id, account_id, subscription_id, valid_from, valid_to (9999-12-31 if open), mrr_reporting
running  the same and is_in_grace: counted, and what goes on through a gap
-#}
{% macro running_subscriptions() -%}
    counted as (
        select
            customer_id,
            account_id,
            subscription_id,
            valid_from,
            coalesce(valid_to, date '9999-12-31') as valid_to,
            mrr_reporting
        from {{ ref('fct_subscription') }}
        where excluded_reason is null
    ),

    covered as (
        select
            customer_id,
            max(valid_to) over (
                partition by customer_id order by valid_from, valid_to rows between unbounded preceding and current row
            ) as covered_to,
            lead(valid_from) over (partition by customer_id order by valid_from, valid_to) as next_from
        from counted
    ),

    bridged as (
        select customer_id, covered_to, next_from
        from covered
        where next_from > covered_to and next_from <= covered_to - 1 + {{ var('churn_grace_days') }}
    ),

    running as (
        select *, false as is_in_grace
        from counted
        union all
        select counted.* replace (bridged.covered_to as valid_from, bridged.next_from as valid_to), true
        from counted
        inner join bridged on counted.customer_id = bridged.customer_id and counted.valid_to = bridged.covered_to
    )
{%- endmacro %}
