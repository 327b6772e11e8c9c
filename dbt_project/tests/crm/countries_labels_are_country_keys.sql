-- A label that macro country_key would write differently is never found.
select country_label, country_code
from {{ ref('countries') }}
where country_label is distinct from {{ country_key('country_label') }}
