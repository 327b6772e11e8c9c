{{ social_page(ref('stg_social_daily'), ['date_day']) }}
