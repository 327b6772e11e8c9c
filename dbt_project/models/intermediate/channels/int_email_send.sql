{{ conformed_sends(ref('int_reported_send')) }}
