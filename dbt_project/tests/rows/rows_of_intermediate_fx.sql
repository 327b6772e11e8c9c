{{ broken_rows([
    ref('int_fx_rate')
]) }}
