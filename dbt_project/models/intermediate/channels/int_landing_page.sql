{{ conformed_web(ref('stg_landing_pages'), 'web.period_end') }}
