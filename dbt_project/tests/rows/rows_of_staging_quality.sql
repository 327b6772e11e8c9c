{{ broken_rows([
    ref('stg_batches'),
    ref('stg_files'),
    ref('stg_last_build'),
    ref('stg_left_out'),
    ref('stg_named_values'),
    ref('stg_rejected_rows'),
    ref('stg_row_outcomes')
]) }}
