# ruff: noqa: RUF001  words of many languages look alike
"""The words that people and their programs put at the end of a mail."""

import re

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
_KNOWN = frozenset(_CLOSINGS)
_TAIL = " \t\u00a0,.;!:-\u2013\u2014*_~/\uff0c\u3002\uff01\U0001f389\U0001f642\u263a\ufe0f"
_LONGEST = 60
_BETWEEN = re.compile(r"\s*[/|,]\s*|\s{2,}")


def is_closing(line: str) -> bool:
    """Say whether a line is nothing but closing words: `Met vriendelijke groet,`."""
    if len(line) > _LONGEST:
        return False
    words = " ".join(line.lower().split()).strip(_TAIL)
    if words in _KNOWN:
        return True
    parts = [part.strip(_TAIL) for part in _BETWEEN.split(words)]
    return len(parts) > 1 and all(part in _KNOWN for part in parts if part)


_PROGRAMS = (
    *("sent from", "sent via", "sent with", "sent by", "sent using", "sent on the go from"),
    *("get outlook for", "download outlook for", "from my", "via mobile", "sent on"),
    *(
        "gesendet von",
        "gesendet mit",
        "gesendet aus",
        "gesendet über",
        "gesendet per",
        "von meinem",
    ),
    *("diese nachricht wurde von", "mit der gmx", "mit freemail", "von unterwegs gesendet"),
    *("verzonden vanaf", "verzonden met", "verzonden via", "verzonden van", "verzonden vanuit"),
    *("verstuurd vanaf", "verstuurd met", "verstuurd via", "verstuurd van", "outlook voor"),
    *("outlook für", "holen sie sich outlook", "download outlook", "outlook for", "outlook til"),
    *("lähetetty", "lähettäjän puhelin", "hanki outlook", "lataa outlook", "lähetin tämän"),
    *("envoyé de", "envoyé depuis", "envoyé à partir", "envoyé avec", "envoyé par", "envoyé via"),
    *("télécharger outlook", "obtenir outlook", "obtenez outlook", "provenance : courrier"),
    *("skickat från", "skickades från", "skickat med", "skickat via", "hämta outlook", "från min"),
    *("skaffa outlook", "enviado desde", "enviado con", "enviado a través", "obtener outlook"),
    *(
        "descargar outlook",
        "enviado por",
        "inviato da",
        "inviato con",
        "inviata da",
        "scarica outlook",
    ),
    *(
        "ottieni outlook",
        "enviado do",
        "enviado a partir",
        "enviado pelo",
        "enviado de",
        "obter o outlook",
    ),
    *("baixar o outlook", "sendt fra", "sendt med", "sendt via", "hent outlook", "få outlook"),
    *("wysłane z", "wysłano z", "pobierz program outlook", "pobierz outlook", "отправлено с"),
    *("отправлено из", "відправлено з", "надіслано з", "odesláno z", "odoslané z", "posláno z"),
    *("enviat des", "trimis de pe", "trimis din", "στάλθηκε από", "saadetud minu"),
    *("发自我的", "从我的", "從我的", "來自我的", "发送自", "나의", "내 iphone", "الإرسال من"),
)
_ENDINGS = (
    *(
        "gesendet",
        "lähetetty",
        "から送信",
        "から送信されました",
        "에서 보냄",
        "gönderildi",
        "küldve",
    ),
    *("传送", "傳送", "发送", "发送的", "beziehen", "downloaden", "from mobile", "via mobile"),
)
_DEVICE = re.compile(
    r"phone|ipad|ipod|android|blackberry|galaxy|samsung|mobil|handy|tablet|outlook|mail|cell|"
    r"puheli|laite|windows|huawei|xiaomi|nokia|htc|smart|telefon|telefoon|téléphone|teléfono|"
    r"móvil|telefono|celular|proton|gmx|web\.de|airmail|spark|yahoo|treo|palm",
    re.IGNORECASE,
)
_LINK = re.compile(r"<[^<>]{1,500}>|\(https?[^()]{1,500}\)|https?://\S{1,500}")
_CLAUSE = re.compile(r"[.,;!?](?:\s|$)")
_AROUND = " \t\u00a0()[]<>*_\u00ab\u00bb\"'-\u2013\u2014"


def names_program(line: str) -> bool:
    """Say whether a line was added by a mail program: `Sent from my iPhone`."""
    if len(line) > 600:
        return False
    words = _LINK.sub("", line).strip(_AROUND)
    lower = words.lower()
    if len(words) > 120 or not (
        lower.startswith(_PROGRAMS) or lower.rstrip(".!").endswith(_ENDINGS)
    ):
        return False
    clauses = [clause for clause in _CLAUSE.split(words, maxsplit=2) if clause.strip()]
    if len(clauses) > 1:
        return _DEVICE.search(clauses[0]) is not None
    return len(words.split()) <= 8 or _DEVICE.search(words) is not None


_DISCLAIMER_BEGINS = (
    *("disclaimer", "confidentiality", "confidential", "this e-mail", "this email", "this message"),
    *("the information contained", "the information in this", "the contents of this", "notice:"),
    *("the content of this", "legal notice", "important notice", "please consider the environment"),
    *("diese e-mail", "diese mail", "diese nachricht", "der inhalt dieser", "dieses e-mail"),
    *("die information in dieser", "die in dieser", "vertraulichkeit", "haftungsausschluss"),
    *("dit bericht", "deze e-mail", "dit e-mailbericht", "de informatie in", "de inhoud van dit"),
    *("tämä viesti", "tämä sähköposti", "tämän viestin", "tämän sähköpostin"),
    *(
        "ce message",
        "cet e-mail",
        "ce courriel",
        "ce mail",
        "les informations contenues",
        "ce courrier",
    ),
    *("detta meddelande", "detta e-post", "detta mejl", "denna e-post", "informationen i detta"),
    *(
        "este mensaje",
        "este correo",
        "la información contenida",
        "aviso legal",
        "aviso de confiden",
    ),
    *(
        "le informazioni contenute",
        "questo messaggio",
        "esta mensagem",
        "este e-mail",
        "denne e-mail",
    ),
    *(
        "denne mail",
        "denne e-post",
        "denne meldingen",
        "ta wiadomość",
        "niniejsza wiadomość",
        "avis",
    ),
    *("*****", "caution:", "think before you print", "save a tree", "nota di riservatezza"),
    *("registered office", "geschäftsführer", "handelsregister", "sitz der gesellschaft"),
)
_DISCLAIMER = re.compile(
    r"confiden|vertrau|vertrouw|luottamuks|konfiden|fortrolig|poufn|riservat|sekretess|"
    r"intended (?:only|solely|recipient)|privileged|legally|recipient|empfänger|geadresseerde|"
    r"vastaanottaj|destinataire|destinatari|mottagar|adressat|environment|umwelt|milieu|"
    r"handelsregister|geschäftsführ|registered|virus",
    re.IGNORECASE,
)


def begins_disclaimer(line: str, following: str) -> bool:
    """Say whether a line begins a legal notice; `following` is what comes next."""
    words = line.strip(_AROUND).lower()
    return words.startswith(_DISCLAIMER_BEGINS) and (
        _DISCLAIMER.search(f"{line[:500]} {following[:500]}") is not None
    )
