{{ broken_rows([
    ref('int_attribution_touch'),
    ref('int_conversion'),
    ref('int_conversion_person'),
    ref('int_influence_points'),
    ref('int_touchpoint')
]) }}
