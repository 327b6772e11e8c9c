with regions as (
    select distinct region from {{ ref('countries') }}
    union all
    select 'Unknown'
),

countries as (
    select
        region,
        cast(count(distinct country_code) as bigint) as countries
    from {{ ref('countries') }}
    group by region
),

final as (
    select
        regions.region,
        coalesce(countries.countries, 0) as countries,
        regions.region = 'Unknown' as is_unknown,
        {{ data_as_of() }} as data_as_of
    from regions
    left join countries on regions.region = countries.region
)

select * from final
