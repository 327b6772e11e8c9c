{{ config(materialized='ephemeral') }}
-- Versions of web rows with channel, conformed campaign and reporting revenue.
{{ conformed_web(ref('stg_web_versions'), 'web.date_day') }}
