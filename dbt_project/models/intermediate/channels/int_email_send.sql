{{ conformed_sends(ref('stg_email_campaigns')) }}
