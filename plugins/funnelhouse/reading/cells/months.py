"""The names of the months in the languages of the exports: long, short, and in both cases of grammar.

Taken from the CLDR through Babel, which needs a third of a second to load them; a test compares the two.
"""

from __future__ import annotations

_WORDS = {
    1: (
        "ene enero gen gennaio ian ianuarie jan janeiro januar januari january január janv janvier led leden ledna "
        "oca ocak sty styczeń stycznia tammi tammikuu tammikuuta ιαν ιανουάριοσ ιανουαρίου січ січень січня янв "
        "январь января яну януари"
    ),
    2: (
        "feb febbraio febr febrero februar februari februarie february február fev fevereiro févr février helmi "
        "helmikuu helmikuuta lut lutego luty úno únor února şub şubat φεβ φεβρουάριοσ φεβρουαρίου лют лютий лютого "
        "фев февр февраль февраля февруари"
    ),
    3: (
        "bře březen března maalis maaliskuu maaliskuuta maart mar marca march maret mars mart martie marts marzec "
        "marzo março mrt márc március mär märz μάρ μάρτιοσ μαρ μαρτίου бер березень березня мар март марта"
    ),
    4: (
        "abr abril apr april aprile aprilie avr avril dub duben dubna huhti huhtikuu huhtikuuta kwi kwiecień "
        "kwietnia nis nisan ápr április απρ απρίλιοσ απριλίου апр апрель апреля април квіт квітень квітня"
    ),
    5: (
        "kvě květen května mag maggio mai maio maj maja may mayo mayıs mei máj május touko toukokuu toukokuuta μάι "
        "μάιοσ май мая трав травень травня"
    ),
    6: (
        "cze czerwca czerwiec giu giugno haz haziran iun iunie juin jun june junho juni junio jún június kesä "
        "kesäkuu kesäkuuta červen června čvn ιουν ιουνίου ιούν ιούνιοσ июн июнь июня черв червень червня юни"
    ),
    7: (
        "heinä heinäkuu heinäkuuta iul iulie juil juillet jul julho juli julio july júl július lip lipca lipiec lug "
        "luglio tem temmuz července červenec čvc ιουλ ιουλίου ιούλ ιούλιοσ июл июль июля лип липень липня юли"
    ),
    8: (
        "ago agosto agu agustus août aug august augusti augustus augusztus ağu ağustos elo elokuu elokuuta sie "
        "sierpień sierpnia srp srpen srpna αυγ αυγούστου αύγ αύγουστοσ авг август августа серп серпень серпня"
    ),
    9: (
        "eyl eylül sep sept september septembre septembrie septiembre set setembro settembre syys syyskuu syyskuuta "
        "szept szeptember wrz wrzesień września zář září σεπ σεπτέμβριοσ σεπτεμβρίου вер вересень вересня сент "
        "сентябрь сентября сеп септември"
    ),
    10: (
        "eki ekim loka lokakuu lokakuuta oct october octobre octombrie octubre okt oktober október ott ottobre out "
        "outubro paź październik października říj říjen října οκτ οκτωβρίου οκτώβριοσ жовт жовтень жовтня окт "
        "октомври октябрь октября"
    ),
    11: (
        "kas kasım lis listopad listopada listopadu marras marraskuu marraskuuta noiembrie nov november novembre "
        "novembro noviembre νοέ νοέμβριοσ νοε νοεμβρίου лист листопад листопада ное ноември нояб ноябрь ноября"
    ),
    12: (
        "ara aralık dec december decembrie des desember dez dezember dezembro dic dicembre diciembre déc décembre "
        "gru grudnia grudzień joulu joulukuu joulukuuta pro prosince prosinec δεκ δεκέμβριοσ δεκεμβρίου груд "
        "грудень грудня дек декабрь декабря декември"
    ),
}

MONTHS = {word: number for number, words in _WORDS.items() for word in words.split()}
"""Month words, case-folded, to numbers; English won a clash."""
