{{ broken_rows([
    ref('int_account_origin'),
    ref('int_campaign_response'),
    ref('int_crm_campaign_channel'),
    ref('int_lead_creation'),
    ref('int_lookup_version'),
    ref('int_person'),
    ref('int_person_link'),
    ref('int_person_origin'),
    ref('int_touched')
]) }}
