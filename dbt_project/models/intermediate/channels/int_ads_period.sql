-- The rate of the last day: a total has no day of its own, and on its last day it is complete.
{{ conformed_ads(ref('stg_ads_periods'), 'ads.period_end') }}
