{{ broken_rows([
    ref('mart_roi'),
    ref('mart_sales_step_cost')
]) }}
