{{ broken_rows([
    ref('fct_campaign_response'),
    ref('fct_funnel_member'),
    ref('fct_stage_interval'),
    ref('mart_benchmark_gap'),
    ref('mart_funnel_bottleneck'),
    ref('mart_funnel_conversion'),
    ref('mart_funnel_daily'),
    ref('mart_funnel_monthly'),
    ref('mart_funnel_velocity'),
    ref('mart_lead_daily'),
    ref('mart_lead_journey'),
    ref('mart_moment_of_truth'),
    ref('mart_process_adherence'),
    ref('mart_program_cycle'),
    ref('mart_program_funnel'),
    ref('mart_stuck_leads')
]) }}
