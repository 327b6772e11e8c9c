{#-
A country's name reduced to what all spellings of it share: lower case, no accents, apostrophes, article in front or
punctuation, "and" for "&" and "saint" for "st.". The labels of seed countries are written this way. Very short names keep
their accents, else Vietnamese Austria (Áo) would be Angola (AO); the code NGA would be Vietnamese Russia (Nga).
-#}
{% macro country_key(name) -%}
    case
        when trim({{ name }}) = 'NGA' then 'nigeria'
        else regexp_replace(
            regexp_replace(
                trim(
                    regexp_replace(
                        regexp_replace(
                            replace(
                                case
                                    when length(trim({{ name }})) <= 3 then lower({{ name }})
                                    else strip_accents(lower({{ name }}))
                                end,
                                '&', ' and '
                            ),
                            '[''’‘`´ʼ]', '', 'g'
                        ),
                        '[^\pL\pN]+', ' ', 'g'
                    )
                ),
                '^the ', ''
            ),
            '\bst ', 'saint ', 'g'
        )
    end
{%- endmacro %}
