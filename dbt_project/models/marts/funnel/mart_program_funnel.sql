-- Each campaign and type of campaign over the whole cycle and all time in one row (R040): mart_program_cycle, which has
-- months, quarters and years as well, without them.
select * exclude (period_grain, period_start) from {{ ref('mart_program_cycle') }}
where period_grain = 'all' and leads > 0
