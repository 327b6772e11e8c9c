-- Nobody is missing: every lead, and every deal with a known beginning, has a line; what takes a sale back and
-- orders have none.
with expected as (
    select 'person' as entity_type, person_id as entity_id
    from {{ ref('dim_person') }}
    where is_lead and lead_created_on <= {{ data_as_of() }}
    union all
    select 'opportunity', opportunity_id
    from {{ ref('fct_opportunity') }}
    where not is_refund and sale_kind = 'deal' and coalesce(created_on, closed_on) is not null
)

select expected.*
from expected
left join {{ ref('fct_stage_interval') }} as lines
    on expected.entity_type = lines.entity_type and expected.entity_id = lines.entity_id
where lines.entity_id is null
