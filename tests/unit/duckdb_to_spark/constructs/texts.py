"""Texts."""

from tests.unit.duckdb_to_spark.constructs.tables import Construct

_WORDS = "(values ('İx'), ('ΟΔΟΣ ΣΑΣ ς'), ('Straße ẞ'), ('ﬁŉᾀῼǆǅև'), ('Iı'), ('Café Zoë'), ('đ Ự')) as t (x)"

TEXTS = [
    Construct("small_letters", f"select x, lower(x) as a from {_WORDS}", "LOWER(TRANSLATE(x, 'İΣ', 'iσ'))"),
    Construct("capital_letters", f"select x, upper(x) as a from {_WORDS}", "TRANSLATE(UPPER(TRANSLATE(x, 'ß"),
    Construct(
        "blanks_around",
        "select trim(x) as a, ltrim(x) as b, rtrim(x) as c, trim(x, 'a ') as d, length(trim(x)) as n from "
        "(values ('  a  '), ('\u00a0a\u202f\u3000'), ('\ta\u2009'), ('\u2000 \u200a'), ('a\u200b'), ('')) as t (x)",
        "TRIM(LEADING ' \\u00a0",
    ),
    Construct(
        "parts_by_place",
        "select left(note, 3) as a, left(note, strpos(note, 'f')) as b, right(note, length(key)) as c, "
        "substring(note, strpos(note, 'd') + 1) as d, substring(note, greatest(units, 1), 2) as e, "
        "right(note, 0) as f from t.sales",
        "SUBSTRING(note, GREATEST(units, 1), 2)",
    ),
    Construct(
        "pattern_of_a_column_with_flags",
        "select regexp_matches(x, p, 'i') as a, regexp_full_match(x, p, 'i') as b, "
        "regexp_replace(x, p, '*', 'gi') as c, regexp_full_match(x, p, 's') as d, regexp_extract(x, p, 0, 'i') as e "
        "from (values ('zoë', 'ZOË'), ('Zoë', 'Z.Ë|b')) as t (x, p)",
        "CONCAT('(?iu)\\\\A(?:', p, ')",
    ),
    Construct(
        "full_match",
        "select regexp_full_match(note, 'fixed.*|') as a from t.sales",
        "RLIKE '(?d)\\\\A(?:fixed.*|)\\\\z'",
    ),
    Construct(
        "full_match_of_a_column",
        "select regexp_full_match(key, p) as a from t.sales cross join (select 'a|b' as p)",
        "CONCAT(",
    ),
    Construct(
        "end_of_text",
        "select regexp_matches('abc' || chr(10), 'abc$') as a, regexp_matches(note, 'a|c$') as b from t.sales".replace(
            "chr(10)", "'\n'"
        ),
        "\\\\z",
    ),
    Construct(
        "word_border",
        r"select regexp_matches(x, '\bst') as a from (values ('st x'), ('ést x'), ('est x')) as v(x)",
        "(?<=[0-9A-Za-z_])",
    ),
    Construct("first_match_only", "select regexp_replace(note, '[aeé]', '*') as a from t.sales", "'$1*'"),
    Construct("all_matches", "select regexp_replace(note, '([aeé])', '<\\1>', 'g') as a from t.sales", "'<$1>'"),
    Construct(
        "first_match_at_the_start",
        "select regexp_replace(key || note, '^' || key, '$') as a from t.sales",
        "REGEXP_REPLACE(",
    ),
    Construct(
        "extract",
        r"select regexp_extract(note, '(\w+): (\d)', 2) as a, regexp_extract(note, '[ab]') as b from t.sales",
        "REGEXP_EXTRACT(",
    ),
    Construct(
        "case_is_ignored", "select regexp_matches(x, 'ZOË', 'i') as a from (values ('zoë'), ('zoe')) as v(x)", "(?iu)"
    ),
    Construct("bracket_in_a_class", "select regexp_replace('a[b&&c', '[[&]', '_', 'g') as a", "[\\\\[&]"),
    Construct("strip_accents", "select strip_accents(note) as a from t.sales", "TRANSLATE(note, "),
    Construct(
        "split",
        "select string_split(note, '|') as a, split_part(note, '|', 2) as b from t.sales",
        "SPLIT(note, '\\\\|')",
    ),
    Construct("split_by_a_pattern", r"select string_split_regex(note, '[|:]\s*') as a from t.sales", "SPLIT(note, "),
    Construct(
        "contained_in_a_split",
        "select list_contains(string_split(note, '|'), 'b') as a from t.sales",
        "ARRAY_CONTAINS(",
    ),
    Construct(
        "format",
        "select format('{:,.0f} and {:.1f} % of {}', 1234.5, 12.25, id) as a from t.sales",
        "FORMAT_STRING('%,.0f and %.1f %% of %s'",
    ),
    Construct(
        "format_of_null",
        "select id, format('{} of {:.1f}', units + 1, share) as a, format('{:d}', units) as b, format('all') as c "
        "from t.sales",
        "CASE WHEN (units + 1) IS NOT NULL AND share IS NOT NULL THEN FORMAT_STRING(",
    ),
    Construct(
        "concat_skips_nulls",
        "select concat(key, note, 'x') as a, key || note as b, concat_ws('-', key, id, note) as c from t.sales",
        "CONCAT_WS('-', key, CAST(id AS STRING), note)",
    ),
    Construct(
        "like_with_escape", r"select note like '%\%' escape '\' as a, note like 'a|%' as b from t.sales", "ESCAPE"
    ),
    Construct(
        "position_and_length",
        "select strpos(note, 'b') as a, length(note) as b, len(tags) as c from t.sales",
        "CAST(SIZE(tags) AS BIGINT)",
    ),
    Construct(
        "likeness", "select jaro_winkler_similarity(note, 'Cafe Zoe') as a from t.sales", "JARO_WINKLER_SIMILARITY("
    ),
    Construct(
        "decimals_as_text",
        "select cast(amount as varchar) as a, cast(paid_at as varchar) as b from t.sales",
        "AS STRING)",
    ),
    Construct("texts_with_quotes_and_backslashes", r"select 'it''s a \ here' as a, length('\n') as b", "\\\\"),
]
