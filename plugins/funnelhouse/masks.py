"""Addresses and telephone numbers in free text: what is masked before anything is written below raw/, reports/, logs/.

The rule, with its limits, is declared in docs/privacy.md. The patterns are for Python and for RE2, the engine's: no
look-around, and letters beyond ASCII are written as ranges. Rather too much is masked than too little, but never an id
or a number that stands alone.
"""

from __future__ import annotations

import re

MASK, PHONE_MASK = "[e-mail]", "[phone]"

# Letters and digits of every script; punctuation, symbols and blanks beyond ASCII are left out.
_WORD = (
    "A-Za-z0-9\u00aa\u00b5\u00ba\u00c0-\u1fff\u2c00-\u2dff\u3005-\u3007\u3040-\ud7ff\uf900-\ufdff\ufe70-\ufefc"
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc\U00010000-\U0010ffff"
)
_LETTER = _WORD.replace("0-9", "").replace("\uff10-\uff19", "")
_AT = r"(?:\s?[@＠﹫]\s?|%40|\s?\[at\]\s?|\s?\(at\)\s?)"
_QUOTED = r'\\?"[^"\\:{},@]{1,64}\\?"'
"""`"ann lee"@example.com`; neither colon nor comma, so that the quotes of JSON are never taken for it."""
_LOCAL = rf"(?:{_QUOTED}|[{_WORD}.%+'_-]+)"
_DOMAIN = rf"[{_WORD}-]+(?:(?:[.。．]| \. )[{_WORD}-]+)*(?:[.。．]| \. )[{_WORD}-]*[{_LETTER}][{_WORD}-]*"
_ESCAPE = r"(\\[bfnrt]|\\u[0-9a-fA-F]{4})?"
"""In JSON a line break before an address is a letter behind a backslash: it stays, or the JSON would be broken."""
EMAIL = _ESCAPE + _LOCAL + _AT + _DOMAIN
"""An e-mail address."""
EMAIL_HINTS = ("@", "＠", "﹫", "%40", "(at)", "[at]")
"""Every address holds one of them."""

_GAP = "[ \u00a0./()-]{0,3}"
_SOME_GAP = "[ \u00a0./-]{1,3}"
_BEFORE = r"(^|[^0-9A-Za-z+])"
_CALLED = (
    "tel|tél|telef(?:on|oon|ono|one)|teléfono|phone|fon|whatsapp|viber|zalo|sms|hotline|sđt|đt|điện thoại|ስልክ|тел|"
    "电话|電話|電話番号|تلفون|هاتف|फ़ोन|โทร"
)
_NATIONAL = (
    # Written in groups: the code with its zero or in brackets, then the number.
    rf"\(?0[0-9]{{2,4}}\)?{_SOME_GAP}(?:[0-9]{{5,8}}|[0-9]{{2,4}}(?:{_SOME_GAP}[0-9]{{2,8}}){{1,4}})",
    "0[1-9](?:[ .-][0-9]{2}){4}",
    "0[1-9][ -][0-9]{4}[ -][0-9]{4}",
    r"\((?:0[0-9]{1,4}|[1-9][0-9]{1,2})\) ?[0-9]{3,5}[ .-][0-9]{3,4}",
)
_INTERNATIONAL = (
    # A plus and 8 to 15 digits, or 00 with the country's number and a gap.
    rf"\+{_GAP}[1-9](?:{_GAP}[0-9]){{7,14}}",
    rf"00 ?[1-9][0-9]{{0,2}}{_SOME_GAP}[0-9](?:{_GAP}[0-9]){{5,11}}",
)
# Whatever follows the word for telephone.
_NAMED = (
    rf"((?i:(?:^|[^A-Za-z])(?:{_CALLED})[.:]{{0,2}} ?(?:nr|no|nº)?[.:]{{0,2}} ?))\+?\(?[0-9](?:{_GAP}[0-9]){{6,14}}"
)
PHONE = rf"{_NAMED}|{_BEFORE}(?:{'|'.join((*_INTERNATIONAL, *_NATIONAL))})"
"""A telephone number; what the groups hold stays."""
BARE_PHONE = rf"{_BEFORE}0[1-9][0-9]{{8,9}}($|[^0-9A-Za-z])"
"""National without gaps: 10 or 11 digits from a zero on, among words. Ids may look so: not in cells of digits alone."""
FEWEST_DIGITS = 7
"""Of a telephone number as it is looked for."""

_EMAIL, _PHONE, _BARE_PHONE = re.compile(EMAIL), re.compile(PHONE), re.compile(BARE_PHONE)


def mask_emails(text: str) -> str:
    """The text without e-mail addresses: for names of files, which are full of digits that are no numbers."""
    return _EMAIL.sub(rf"\1{MASK}", text) if any(hint in text for hint in EMAIL_HINTS) else text


def mask_people(text: str) -> str:
    """The text without e-mail addresses and telephone numbers, as cells of free text are written."""
    if text.isascii() and text.isdigit():
        return text
    text = _PHONE.sub(rf"\1\2{PHONE_MASK}", mask_emails(text))
    return _BARE_PHONE.sub(rf"\1{PHONE_MASK}\2", text)
