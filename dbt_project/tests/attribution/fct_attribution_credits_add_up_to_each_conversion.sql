-- Under every model a conversion is credited once and a deal with its amount, to the cent; a deal is under all of them.
with credited as (
    select
        stage,
        conversion_id,
        model,
        sum(weight) as weight,
        sum(amount_reporting) as amount_reporting,
        sum(amount_native) as amount_native
    from {{ ref('fct_attribution') }}
    group by stage, conversion_id, model
),

deals as (
    select opportunity_id, amount_reporting, amount_native from {{ ref('fct_opportunity') }}
),

models as (
    select stage, conversion_id, count(*) as models
    from credited
    group by stage, conversion_id
)

select credited.stage, credited.conversion_id, credited.model, credited.weight, credited.amount_reporting
from credited
left join deals
    on case when credited.stage in ('Opportunity', 'Won') then credited.conversion_id end = deals.opportunity_id
where
    credited.weight <> 1
    or credited.amount_reporting is distinct from deals.amount_reporting
    or credited.amount_native is distinct from deals.amount_native
union all
select models.stage, models.conversion_id, 'models', models.models, null
from models
cross join (select count(distinct model) as own_models from {{ ref('influence_rules') }}) as own
where
    models.models
    <> own.own_models
    + {{ 10 * (path_variants() | length) }}
    + case when models.stage in ('Opportunity', 'Won') then 1 else 0 end
