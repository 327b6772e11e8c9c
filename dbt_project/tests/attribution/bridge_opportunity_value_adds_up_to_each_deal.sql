-- The campaigns of a deal have all of each column of money under every model, to the cent; no deal is left out.
with models as (
    select distinct opportunity_id, model from {{ ref('bridge_opportunity_campaign') }}
),

expected as (
    select
        models.opportunity_id,
        deal_values.value_field,
        models.model,
        deal_values.amount_native,
        deal_values.amount_reporting
    from {{ ref('int_opportunity_value') }} as deal_values
    inner join models on deal_values.opportunity_id = models.opportunity_id
),

credited as (
    select
        opportunity_id,
        value_field,
        model,
        sum(attributed_native) as amount_native,
        sum(attributed_reporting) as amount_reporting
    from {{ ref('bridge_opportunity_value') }}
    group by opportunity_id, value_field, model
)

select
    expected.*,
    credited.amount_native as credited_native,
    credited.amount_reporting as credited_reporting
from expected
left join credited
    on
        expected.opportunity_id = credited.opportunity_id
        and expected.value_field = credited.value_field
        and expected.model = credited.model
where
    credited.opportunity_id is null
    or credited.amount_native is distinct from expected.amount_native
    or credited.amount_reporting is distinct from expected.amount_reporting
