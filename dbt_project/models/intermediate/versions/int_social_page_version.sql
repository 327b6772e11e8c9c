{{ config(materialized='ephemeral') }}
-- Versions of the daily metrics of pages and profiles. They need nothing but staging knows.
select * from {{ ref('stg_social_page_versions') }}
