{{ broken_rows([
    ref('fct_opportunity'),
    ref('fct_order'),
    ref('fct_sales_line'),
    ref('mart_call_daily'),
    ref('mart_effort_daily'),
    ref('mart_pipeline_value'),
    ref('mart_sale_overlap'),
    ref('mart_sales_by_dimension'),
    ref('mart_sales_results')
]) }}
