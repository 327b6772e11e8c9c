{{ broken_rows([
    ref('int_ad_return_day'),
    ref('int_comparison_period')
]) }}
