-- Records that match nothing (R111), one by one, with how to fix each. What no rule knows by its wording is in
-- mart_unknown_value; how much attribution misses for lack of tracking is in mart_tracking_gap.
with deals as (
    select * from {{ ref('fct_opportunity') }}
    where sale_kind = 'deal' and not is_refund
),

people_of_deals as (
    select distinct opportunity_id from {{ ref('int_opportunity_person') }}
    where person_id is not null
),

leads as (
    select * from {{ ref('dim_person') }}
    where is_lead
),

records as (
    select record_id, record_kind from {{ ref('int_person_link') }}
),

-- A telephone system names a record without saying of which CRM it is.
record_numbers as (
    select distinct substr(record_id, strpos(record_id, ':') + 1) as record_number from records
    union
    select distinct substr(opportunity_id, strpos(opportunity_id, ':') + 1) from deals
    union
    select distinct substr(account_id, strpos(account_id, ':') + 1) from {{ ref('dim_account') }}
),

unmatched as (
    select
        'lead_without_campaign' as problem, person_id as record_id,
        coalesce(lead_source, '(no lead source)') as label, split_part(person_id, ':', 1) as source,
        lead_created_on as since, cast(null as decimal(18, 2)) as amount_reporting
    from leads
    where origin_campaign_id is null
    union all
    select
        'lead_without_channel', person_id, coalesce(lead_source, '(no lead source)'), split_part(person_id, ':', 1),
        lead_created_on, null
    from leads
    where channel = 'Unknown'
    union all
    select
        'deal_without_contact', deals.opportunity_id, deals.opportunity_name, deals.source, deals.created_on,
        deals.amount_reporting
    from deals
    left join people_of_deals on deals.opportunity_id = people_of_deals.opportunity_id
    where people_of_deals.opportunity_id is null
    union all
    select 'deal_without_company', opportunity_id, opportunity_name, source, created_on, amount_reporting
    from deals
    where account_id is null
    union all
    select 'deal_without_owner', opportunity_id, opportunity_name, source, created_on, amount_reporting
    from deals
    where rep_id = 'Unknown'
    union all
    select
        'spend_without_tracking', item, label, split_part(item, ':', 1), first_on,
        cast(cost_reporting as decimal(18, 2))
    from {{ ref('mart_tracking_gap') }}
    where gap = 'cost_without_touch'
    union all
    select
        'response_without_person', campaign_member_id, coalesce(campaign_name, campaign_id), source,
        {{ business_day('joined_at') }}, null
    from {{ ref('int_campaign_response') }}
    where person_id is null
    union all
    select
        'response_without_campaign', campaign_member_id, campaign_id, source, {{ business_day('joined_at') }}, null
    from {{ ref('int_campaign_response') }}
    where campaign_name is null
    union all
    select
        'call_without_record', calls.call_id, calls.related_id, calls.source, calls.date_day, null
    from {{ ref('int_call') }} as calls
    left join record_numbers on calls.related_id = record_numbers.record_number
    where calls.related_id is not null and record_numbers.record_number is null
    union all
    select
        'ticket_without_customer', ticket_id, coalesce(category, '(no category)'), source, created_on,
        cast(cost_reporting as decimal(18, 2))
    from {{ ref('int_ticket') }}
    where customer_id is null
    union all
    select
        'order_without_customer', order_id, order_number, source, sold_on, null
    from {{ ref('fct_order') }}
    where is_sale and customer_id is null
),

final as (
    select
        problem,
        record_id,
        coalesce(label, '(no name)') as label,
        source,
        since,
        amount_reporting,
        case problem
            when 'lead_without_campaign'
                then 'Add the lead to its campaign in the CRM, or give the form hidden fields for the utm tags.'
            when 'lead_without_channel'
                then 'Fill the lead source in the CRM, or add its wording to pipelines/channel_rules.csv.'
            when 'deal_without_contact'
                then 'Name a contact (role) of the deal in the CRM, or create the deal by converting the lead.'
            when 'deal_without_company' then 'Link the deal to its company in the CRM.'
            when 'deal_without_owner' then 'Give the deal an owner in the CRM, and export the users with it.'
            when 'spend_without_tracking'
                then concat(
                    'Tag the links of the campaign with utm_source, utm_medium and utm_campaign, and give the ',
                    'campaign the same name in the CRM.'
                )
            when 'response_without_person'
                then 'Export leads and contacts with the campaign members; the record named here is in no export.'
            when 'response_without_campaign' then 'Export the campaigns with their members.'
            when 'call_without_record'
                then 'Export the lead, contact or deal that the telephone system names; no export has it.'
            when 'ticket_without_customer'
                then 'Link the ticket to its contact or company, or export the address of who asked with it.'
            when 'order_without_customer'
                then 'Ask for an email address at the checkout, or link the order to a customer.'
        end as what_to_do,
        {{ data_as_of() }} as data_as_of
    from unmatched
    where since is null or since <= {{ data_as_of() }}
)

select * from final
