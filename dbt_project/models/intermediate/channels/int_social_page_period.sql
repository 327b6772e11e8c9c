{{ social_page(ref('stg_social_periods'), ['period_start', 'period_end']) }}
