{#-
Config `meta` (macro patch_table) of a model with the current records of a CRM entity: batches that came touch the records
they speak of, and records that turned out to be tests or internal touch themselves.
-#}
{% macro patch_of_records(entity, key, told_by=none) -%}
    {%- set inputs = {entity: "select source || ':' || record_id from {" ~ entity ~ "} where _batch_id in {changes}"} -%}
    {%- if entity in crm_internal_entities() -%}
        {%- do inputs.update({'stg_crm_internal_records': none}) -%}
    {%- endif -%}
    {{ return({
        'key': key,
        'told_by': told_by or key,
        'patch': {'inputs': inputs, 'restrict': [[entity, "source || ':' || record_id in {keys}"]]}
    }) }}
{%- endmacro %}
