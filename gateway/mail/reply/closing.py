# ruff: noqa: RUF001  words of many languages look alike
"""The words with which people close a mail, or point to what stands below them."""

import re
import unicodedata

_CLOSINGS = (
    # English; thanks alone are something said
    *("regards", "best regards", "kind regards", "warm regards", "kindest regards", "best wishes"),
    *("with kind regards", "with best regards", "with regards", "many regards", "warmest regards"),
    *("sincerely", "yours sincerely", "sincerely yours", "yours faithfully", "yours truly"),
    *("yours", "respectfully", "cordially", "best", "all the best", "cheers", "rgds", "kr", "br"),
    *("thanks and regards", "thanks & regards", "thank you and regards", "thank you & regards"),
    *("thanks and best regards", "thanks & best regards", "thanks and kind regards", "warmly"),
    *("very truly yours", "take care", "have a nice day", "have a good day", "greetings"),
    *("best regards to all", "my best regards", "with thanks and regards", "love", "wbr"),
    # German
    *("mit freundlichen grüßen", "mit freundlichen grüssen", "mit freundlichem gruß", "mfg"),
    *("freundliche grüße", "freundliche grüsse", "freundlicher gruß", "mit freundlichem gruss"),
    *("mit freundlicher empfehlung", "viele grüße", "viele grüsse", "vielen dank und viele grüße"),
    *("beste grüße", "beste grüsse", "herzliche grüße", "herzliche grüsse", "liebe grüße", "lg"),
    *("liebe grüsse", "schöne grüße", "schöne grüsse", "mit besten grüßen", "vg", "beste gruesse"),
    *("mit freundlichen gruessen", "viele gruesse", "freundliche gruesse", "liebe gruesse"),
    *(
        "hochachtungsvoll",
        "mit herzlichen grüßen",
        "gruß",
        "grüße",
        "gruss",
        "grüsse",
        "besten gruß",
    ),
    *("herzlichen gruß", "mit lieben grüßen", "mit vielen grüßen", "einen schönen tag noch"),
    # Dutch
    *("met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "mvg", "groet"),
    *("vriendelijke groeten", "met hartelijke groet", "hartelijke groet", "hartelijke groeten"),
    *("groeten", "groetjes", "hoogachtend", "met groet", "met beste groet", "beste groeten"),
    *("met vr. groet", "m.vr.gr", "gr", "vr.gr", "mvrgr", "met de beste groeten", "beste groet"),
    # Finnish
    *("ystävällisin terveisin", "terveisin", "parhain terveisin", "yt", "t", "terv", "yst. terv"),
    *("ystävällisesti", "kunnioittavasti", "terveiset", "ystävällisin terveisin / best regards"),
    *("hyvää päivänjatkoa", "lämpimin terveisin", "kiitos ja terveisin", "kiittäen", "terkuin"),
    *(
        "kiitos ja hyvää päivänjatkoa",
        "mukavaa päivänjatkoa",
        "yhteistyöterveisin",
        "tv",
        "kevätterveisin",
    ),
    # French
    *("cordialement", "bien cordialement", "bien à vous", "salutations", "cdlt", "cdt", "bàv"),
    *("sincères salutations", "meilleures salutations", "avec mes meilleures salutations"),
    *(
        "salutations distinguées",
        "amicalement",
        "bien à toi",
        "respectueusement",
        "très cordialement",
    ),
    *(
        "cordiales salutations",
        "sincèrement",
        "bonne journée",
        "bonne réception",
        "bien amicalement",
    ),
    *("veuillez agréer mes salutations distinguées", "mes salutations distinguées"),
    # Swedish
    *("med vänlig hälsning", "med vänliga hälsningar", "vänliga hälsningar", "mvh", "hälsningar"),
    *(
        "vänlig hälsning",
        "bästa hälsningar",
        "med vänlig hälsning / best regards",
        "hälsning",
        "vh",
    ),
    *("varma hälsningar", "många hälsningar", "allt gott", "tack och hälsningar", "mvh/br"),
    # Spanish
    *("saludos", "saludos cordiales", "un saludo", "un cordial saludo", "atentamente", "saludo"),
    *("cordialmente", "reciba un cordial saludo", "muchos saludos", "atte", "un abrazo", "slds"),
    *("reciban un cordial saludo", "saludos y gracias", "gracias y saludos", "quedo atento"),
    *("gracias y un saludo", "le saluda atentamente", "afectuosamente", "respetuosamente"),
    # Danish, Norwegian
    *(
        "med venlig hilsen",
        "venlig hilsen",
        "med venlige hilsner",
        "hilsen",
        "bedste hilsner",
        "kh",
    ),
    *(
        "med vennlig hilsen",
        "vennlig hilsen",
        "mange hilsener",
        "de bedste hilsner",
        "vennlige hilsener",
    ),
    *("kærlig hilsen", "venlige hilsner", "beste hilsen", "hilsner", "dbh", "med hilsen"),
    # Italian, Portuguese
    *(
        "cordiali saluti",
        "distinti saluti",
        "saluti",
        "cordialmente",
        "un saluto",
        "un cordiale saluto",
    ),
    *("grazie e saluti", "tanti saluti", "i migliori saluti", "a presto", "saluti cordiali"),
    *("atenciosamente", "cumprimentos", "com os melhores cumprimentos", "melhores cumprimentos"),
    *("abraço", "abraços", "att", "cordiais saudações", "com os meus cumprimentos", "abs"),
    # Polish, Czech, Slovak, Russian, Ukrainian and others
    *(
        "pozdrawiam",
        "z poważaniem",
        "z powazaniem",
        "pozdrawiam serdecznie",
        "serdecznie pozdrawiam",
    ),
    *("z wyrazami szacunku", "łączę pozdrowienia", "s pozdravem", "s pozdravom", "hezký den"),
    *(
        "s přátelským pozdravem",
        "pěkný den",
        "с уважением",
        "с наилучшими пожеланиями",
        "з повагою",
    ),
    *(
        "всего доброго",
        "с наилучшими",
        "üdvözlettel",
        "saygılarımla",
        "iyi çalışmalar",
        "tisztelettel",
    ),
    *("cu stimă", "cu respect", "lugupidamisega", "ar cieņu", "pagarbiai", "srdačan pozdrav"),
    *(
        "lep pozdrav",
        "με εκτίμηση",
        "parimate soovidega",
        "atentament",
        "salutacions",
        "敬具",
        "祝好",
    ),
    *("よろしくお願いします", "よろしくお願いいたします", "以上、よろしくお願いいたします", "此致"),
    *("以上、よろしくお願いします", "감사합니다", "谢谢", "敬礼", "顺颂商祺"),
)


def _plain(words: str) -> str:
    """Give words as they are typed in a hurry: without accents, and with `ss` for `ß`."""
    if words.isascii():
        return words
    letters = unicodedata.normalize("NFD", words.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_KNOWN = frozenset(map(_plain, _CLOSINGS))
_TAIL = " \t\u00a0,.;!:-\u2013\u2014*_~/\uff0c\u3002\uff01\U0001f389\U0001f642\u263a\ufe0f"
_LONGEST = 60
# `Viele Grüße aus Hamburg`
_PLACE = re.compile(r"\s(?:aus|from|uit|fran|desde|fra|depuis)\s")
_BETWEEN = re.compile(r" ?[/|,] ?")


def is_closing(line: str) -> bool:
    """Say whether a line is nothing but closing words: `Met vriendelijke groet,`."""
    if len(line) > _LONGEST:
        return False
    words = _plain(" ".join(line.lower().split())).strip(_TAIL)
    if words in _KNOWN:
        return True
    place = _PLACE.search(words)
    if place and words[: place.start()] in _KNOWN and len(words[place.end() :].split()) <= 3:
        return True
    if "/" not in words and "|" not in words and "," not in words:
        return False
    parts = [part.strip(_TAIL) for part in _BETWEEN.split(words)]
    return len(parts) > 1 and all(part in _KNOWN for part in parts if part)


def closes_with_name(line: str) -> bool:
    """Say whether a line is closing words and a name: `Regards, Jan Jansen`."""
    words, comma, name = line[: 2 * _LONGEST].partition(",")
    name = name.strip()
    return bool(
        comma
        and name[:1].isupper()
        and name[-1] not in ".?!:"
        and len(name.split()) <= 4
        and is_closing(words)
    )


_POINTERS = frozenset(
    {
        *("fyi", "f.y.i", "for your information", "see below", "please see below", "fw", "fwd"),
        *("zur info", "zur information", "zur kenntnis", "z.k", "z.k.", "zk", "siehe unten", "s.u"),
        *(
            "ter info",
            "ter informatie",
            "ter kennisgeving",
            "tk",
            "t.k",
            "zie onder",
            "zie hieronder",
        ),
        *("tiedoksi", "ks. alla", "katso alla", "ks alla", "pour info", "pour information"),
        *("voir ci-dessous", "för kännedom", "fyk", "för info", "se nedan", "ver abajo"),
        *("para su información", "para tu información", "til orientering", "per conoscenza"),
    }
)


def is_pointer(text: str) -> bool:
    """Say whether a text only points to what stands below it: `FYI`."""
    return " ".join(text.lower().split()).strip(_TAIL) in _POINTERS


_GREETINGS = (
    *(
        "hi",
        "hello",
        "hey",
        "dear",
        "good",
        "greetings",
        "hallo",
        "guten",
        "sehr",
        "liebe",
        "lieber",
    ),
    *(
        "moin",
        "servus",
        "grüß",
        "beste",
        "geachte",
        "goedemorgen",
        "goedemiddag",
        "goedendag",
        "dag",
    ),
    *("hei", "moi", "moikka", "terve", "hyvä", "hyvää", "huomenta", "bonjour", "salut", "cher"),
    *("chère", "madame", "monsieur", "bonsoir", "hej", "hejsan", "god", "bästa", "tjena", "hola"),
    *(
        "estimado",
        "estimada",
        "buenos",
        "buenas",
        "querido",
        "ciao",
        "buongiorno",
        "gentile",
        "olá",
    ),
    *("prezado", "prezada", "caro", "cara", "cześć", "dzień", "witam", "szanowni", "dobrý", "ahoj"),
    *("здравствуйте", "привет", "добрый", "уважаемый", "tere", "kære", "kjære", "heisann"),
)
_LONGEST_GREETING = 8


def is_greeting(text: str) -> bool:
    """Say whether a text only greets: `Dear Ms. Jansen,`; a bare name does, too."""
    words = text.lower().split()
    if not words or words[0].strip(_TAIL) in _GREETINGS:
        return len(words) <= _LONGEST_GREETING
    return len(words) <= 2 and text.rstrip().endswith((",", "!"))
