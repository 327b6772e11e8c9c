{#- Currency of a CRM amount. Orgs with one currency do not export it: theirs is var crm_default_currency. -#}
{% macro crm_currency(column) -%}
    coalesce(upper(nullif(trim({{ column }}), '')), '{{ var("crm_default_currency") or var("reporting_currency") }}')
{%- endmacro %}

{#- An amount in its own currency, rounded to that currency's ISO 4217 exponent: DECIMAL(18,4) (G9). -#}
{% macro native_amount(amount, exponent) -%}
    cast(
        case {{ exponent }}
            when 0 then round({{ amount }}, 0)
            when 3 then round({{ amount }}, 3)
            when 4 then round({{ amount }}, 4)
            else round({{ amount }}, 2)
        end as decimal(18, 4)
    )
{%- endmacro %}
