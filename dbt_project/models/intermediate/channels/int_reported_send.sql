-- Every send, by the counters of its tool or counted from the events of its recipients.
select * from {{ ref('stg_email_campaigns') }}
union all by name
select * from {{ ref('int_event_send') }}
