{{ broken_rows([
    ref('int_account_origin'),
    ref('int_campaign_response'),
    ref('int_crm_campaign_channel'),
    ref('int_identity_component'),
    ref('int_identity_edge'),
    ref('int_lead_creation'),
    ref('int_person'),
    ref('int_person_link'),
    ref('int_person_origin')
]) }}
