{{ broken_rows([
    ref('mart_exclusion_log'),
    ref('mart_file_outcome'),
    ref('mart_source_freshness'),
    ref('mart_unknown_value'),
    ref('mart_unmatched_record')
]) }}
