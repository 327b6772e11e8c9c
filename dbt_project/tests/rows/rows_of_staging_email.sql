{{ broken_rows([
    ref('stg_email_campaigns')
]) }}
