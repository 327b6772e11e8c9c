{{ broken_rows([
    ref('stg_order_lines'),
    ref('stg_order_refunds'),
    ref('stg_orders')
]) }}
