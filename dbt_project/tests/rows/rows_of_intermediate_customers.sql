{{ broken_rows([
    ref('int_lead_fit'),
    ref('int_ticket')
]) }}
