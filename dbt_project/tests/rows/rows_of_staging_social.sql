{{ broken_rows([
    ref('stg_social_daily'),
    ref('stg_social_periods'),
    ref('stg_social_post_snapshots'),
    ref('stg_social_posts')
]) }}
