{{ broken_rows([
    ref('int_ticket')
]) }}
