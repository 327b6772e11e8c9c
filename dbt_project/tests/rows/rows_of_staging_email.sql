{{ broken_rows([
    ref('stg_email_campaigns'),
    ref('stg_email_events')
]) }}
