{{ broken_rows([
    ref('int_account_interval'),
    ref('int_contact_source'),
    ref('int_funnel_entry'),
    ref('int_funnel_event'),
    ref('int_funnel_step'),
    ref('int_opportunity_interval'),
    ref('int_opportunity_stage'),
    ref('int_person_contact'),
    ref('int_person_interval'),
    ref('int_person_stage'),
    ref('int_person_stage_event'),
    ref('int_person_subscription'),
    ref('int_pipeline_step'),
    ref('int_stage_entry'),
    ref('int_stage_interval'),
    ref('int_step_history')
]) }}
