{{ conformed_web(ref('stg_web_periods'), 'web.period_end') }}
