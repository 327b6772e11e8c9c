{{ broken_rows([
    ref('int_bundle_part'),
    ref('int_opportunity'),
    ref('int_opportunity_base'),
    ref('int_opportunity_line'),
    ref('int_opportunity_owner'),
    ref('int_opportunity_person'),
    ref('int_rep_alias'),
    ref('int_rep_team'),
    ref('int_sales_credit'),
    ref('int_sales_line'),
    ref('int_sales_rep'),
    ref('int_task_call'),
    ref('int_unmatched_product')
]) }}
