{{ broken_rows([
    ref('int_order'),
    ref('int_order_line'),
    ref('int_order_refund'),
    ref('int_sale_overlap')
]) }}
