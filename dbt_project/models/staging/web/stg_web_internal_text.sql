-- Texts of web exports that mark visits of machines and of our own people (G13): a rule of seed internal_records
-- (entity web_traffic) matches them. Compared are the words alone: lower case, no digits, no punctuation.
with texts as (
    {% for column in web_internal_columns()['web_traffic'] %}
        select '{{ column }}' as column_name, {{ column }} as written from {{ source('raw', 'web_traffic') }}
        union
        select '{{ column }}', {{ column }} from {{ source('raw', 'web_period') }}
        {{ 'union' if not loop.last }}
    {% endfor %}
),

final as (
    select texts.column_name, texts.written, min(rules.reason) as reason
    from texts
    inner join {{ ref('internal_records') }} as rules
        on
            rules.entity = 'web_traffic'
            and texts.column_name = rules.column_name
            and trim(regexp_replace(lower(texts.written), '[^\p{L}]+', ' ', 'g')) like rules.words
    group by texts.column_name, texts.written
)

select * from final
