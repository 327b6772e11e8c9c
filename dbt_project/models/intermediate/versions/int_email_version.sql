{{ config(materialized='ephemeral') }}
-- Versions of sends with channel, conformed campaign and reporting revenue.
{{ conformed_sends(ref('stg_email_versions'), version_column_names()) }}
