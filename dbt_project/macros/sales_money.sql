{#-
Sums of won lines beside their revenue: what was booked and what was taken back, list price and discount of the booked
lines whose list price is known, cost and margin of all lines whose cost is known. Unknown stays NULL (G3).
-#}
{% macro sales_money(prefix='') -%}
    cast(coalesce(sum({{ prefix }}amount_reporting) filter (where not {{ prefix }}is_refund), 0) as decimal(18, 2))
            as bookings,
        cast(coalesce(sum({{ prefix }}amount_reporting) filter (where {{ prefix }}is_refund), 0) as decimal(18, 2))
            as refunds,
        cast(sum({{ prefix }}list_reporting) filter (where not {{ prefix }}is_refund) as decimal(18, 2)) as list_amount,
        cast(sum({{ prefix }}discount_reporting) filter (where not {{ prefix }}is_refund) as decimal(18, 2))
            as discount_amount,
        cast(sum({{ prefix }}amount_reporting) filter (where {{ prefix }}margin_reporting is not null) as decimal(18, 2))
            as revenue_with_cost,
        cast(sum({{ prefix }}margin_reporting) as decimal(18, 2)) as gross_margin,
{%- endmacro %}
