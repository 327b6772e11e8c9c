{{ conformed_ads(ref('stg_ads_performance'), 'ads.date_day') }}
