{{ broken_rows([
    ref('dim_account'),
    ref('dim_campaign'),
    ref('dim_channel'),
    ref('dim_date'),
    ref('dim_metric'),
    ref('dim_person'),
    ref('dim_product'),
    ref('dim_region'),
    ref('dim_sales_rep'),
    ref('dim_stage')
]) }}
