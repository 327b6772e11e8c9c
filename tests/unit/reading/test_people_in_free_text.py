"""Addresses and telephone numbers in free text are masked, in many scripts; ids and numbers never (docs/privacy.md)."""

from __future__ import annotations

import csv
import io
import json

import pytest

from funnelhouse.masks import mask_people
from tests.unit.reading.conftest import HEADER, Home

MASKED = {
    # language: (as it was named in the platform, as it is written)
    "German": [
        ("Herbst anna.schmidt@example.com", "Herbst [e-mail]"),
        ("Kunde jörg@bücher.de", "Kunde [e-mail]"),
        ("Rückruf +49 30 1234567", "Rückruf [phone]"),
        ("Aktion 0171/1234567", "Aktion [phone]"),
        ("Aktion 0049 171 1234567 Herbst", "Aktion [phone] Herbst"),
        ("Tel.: 030 123 456-78", "Tel.: [phone]"),
    ],
    "English": [
        ('Lookalike "ann lee"@example.com', "Lookalike [e-mail]"),
        ("Lookalike ann @ example.com", "Lookalike [e-mail]"),
        ("Lookalike ann[at]example.com", "Lookalike [e-mail]"),
        ("utm ann%40example.com 2026", "utm [e-mail] 2026"),
        ("Call (212) 555-0123 today", "Call [phone] today"),
        ("London 020 7946 0958", "London [phone]"),
        ("Lead_+12125550123_v2", "Lead_[phone]_v2"),
    ],
    "French": [("Relance élodie@hôtel.fr", "Relance [e-mail]"), ("Relance 01 23 45 67 89", "Relance [phone]")],
    "Portuguese": [("Ação joão@ação.br", "Ação [e-mail]"), ("Ação (11) 91234-5678", "Ação [phone]")],
    "Spanish": [("Otoño telefono 912 345 678", "Otoño telefono [phone]"), ("Otoño ñandú@año.es", "Otoño [e-mail]")],
    "Vietnamese": [
        ("Chiến dịch nguyễn.an@công-ty.vn", "Chiến dịch [e-mail]"),
        ("Gọi 0912345678 ngay", "Gọi [phone] ngay"),
        ("sđt: 38221234", "sđt: [phone]"),
        ("Hà Nội (024) 3825 1234", "Hà Nội [phone]"),
    ],
    "Amharic": [("ዘመቻ አበበ@ምሳሌ.ኢት", "ዘመቻ [e-mail]"), ("ስልክ 0911 23 45 67", "ስልክ [phone]")],
    "Japanese": [("秋 tanaka＠example.jp", "秋 [e-mail]"), ("秋 03-1234-5678", "秋 [phone]")],
    "Chinese": [("秋季 用户@例子.公司", "秋季 [e-mail]"), ("电话 13812345678", "电话 [phone]")],
    "Russian": [("Осень иван@почта.рф", "Осень [e-mail]"), ("тел. 9161234567", "тел. [phone]")],
}
KEPT = [
    "Spring 2026-10-01 2026-10-31", "01.10.2026 - 31.10.2026", "20261001_20261031 Brand", "2026-10-01 08:00:00",
    "Customer 482-615-1234", "120210000000000", "0912345678", "0012345678", "0015g00000ABCDEFAA", "Order 1234567890",
    "1,234,567.89", "1.234.567,89", "1 234 567 890", "EUR 1.000.000 - 2.000.000", "2 @ 3.50", "Sale 50% @ noon",
    "@brand.page", "Meet us @ Berlin. Then", "iPhone 15 Pro 256", "+15% in 2026", "v1.2.3.4", "192.168.100.200",
    "https://x.example/?id=12345678901&a=1", "ISBN 978-3-16-148410-0", "Sale -50% 2025/2026", "Q3 2025 0.5 1.25 1000",
]  # fmt: skip
NAMED = [pair for pairs in MASKED.values() for pair in pairs] + [(name, name) for name in KEPT]


def _report(names: list[str], repeated: int = 1) -> str:
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    for number in range(repeated):
        for position, name in enumerate(names):
            day = f"2026-{1 + number // 28 % 12:02}-{1 + number % 28:02}"
            writer.writerow([day, name, 100 + position, "EUR", "1.50", 10, 1, name, f"0{position:09}"])
    return HEADER.replace("Clicks\n", "Clicks,Remark,Reference\n") + sink.getvalue()


@pytest.mark.parametrize("language", MASKED)
def test_the_rule_in_every_language(language: str) -> None:
    for name, written in MASKED[language]:
        assert mask_people(name) == written


def test_ids_and_numbers_stay() -> None:
    assert [mask_people(name) for name in KEPT] == KEPT


@pytest.mark.parametrize("repeated", [1, 200], ids=["a small table", "a big table"])
def test_what_is_written_is_masked_however_the_table_is_read(home: Home, repeated: int) -> None:
    """The engine reads small and big tables in different ways; both write what the rule in Python says."""
    home.drop("google.csv", _report([name for name, _ in NAMED], repeated)).load()
    rows = home.rows("ads_performance", "distinct campaign_id, campaign_name, extra")
    assert {int(number): name for number, name, _ in rows} == {
        100 + place: written for place, (_, written) in enumerate(NAMED)
    }
    # Columns that the contract does not name are kept together as JSON: it stays JSON, and references stay whole.
    kept = {int(number): json.loads(extra) for number, _, extra in rows}
    assert all(kept[100 + place]["Reference"] == f"0{place:09}" for place in range(len(NAMED)))
    gone = [name for name, written in NAMED if name != written and "0912345678" not in name]
    assert not [name for name in gone for extra in kept.values() if extra["Remark"] == name]


def test_an_address_behind_a_line_break_leaves_json_whole(home: Home) -> None:
    home.drop("google.csv", _report(['a line\nand "more"\nann@example.com'])).load()
    ((extra,),) = home.rows("ads_performance", "extra")
    assert json.loads(extra)["Remark"] == 'a line\nand "more"\n[e-mail]'
