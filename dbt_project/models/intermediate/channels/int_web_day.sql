{{ conformed_web(ref('stg_web_traffic'), 'web.date_day') }}
