{{ broken_rows([
    ref('int_attribution_credit'),
    ref('int_attribution_touch'),
    ref('int_conversion'),
    ref('int_conversion_person'),
    ref('int_crm_influence'),
    ref('int_deal_touch'),
    ref('int_influence_match'),
    ref('int_influence_points'),
    ref('int_journey_step'),
    ref('int_journey_transition'),
    ref('int_lead_tag'),
    ref('int_opportunity_value'),
    ref('int_removal_effect'),
    ref('int_touchpoint')
]) }}
