{{ config(materialized='ephemeral') }}
-- Versions of ad rows with channel, conformed campaign and reporting amounts.
{{ conformed_ads(ref('stg_ads_versions'), 'ads.date_day') }}
