{#- Typed columns of a row of a search report, of a day or of a period. `cut` says what the whole report was cut by. -#}
{% macro staged_search() -%}
    source,
    account_id,
    lower(coalesce(search_type, 'web')) as search_type,
    nullif(filters, '') as filters,
    coalesce(
        nullif(
            concat_ws(
                ', ',
                case when bool_or(query is not null) over same_table then 'query' end,
                case when bool_or(page is not null) over same_table then 'page' end,
                case when bool_or(country is not null) over same_table then 'country' end,
                case when bool_or(device is not null) over same_table then 'device' end,
                case when bool_or(search_appearance is not null) over same_table then 'search_appearance' end
            ),
            ''
        ),
        'site'
    ) as cut,
    query,
    page,
    country,
    device,
    search_appearance,
    coalesce(breakdown, '') as breakdown,
    clicks,
    impressions,
    -- A row without impressions was nowhere: the platform writes position 0.
    case when impressions > 0 then position end as position,
    _batch_id || ':' || _row_number as row_id
{%- endmacro %}
