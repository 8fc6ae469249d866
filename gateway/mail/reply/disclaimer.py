"""The legal notices that companies put below mail."""

import re

_AROUND = " \t\u00a0()[]<>*_\u00ab\u00bb\"'-\u2013\u2014"

_NOTES = (
    *("please consider the environment", "think before you print", "save a tree", "sitz der g"),
    *("registered office:", "geschäftsführer:", "handelsregister", "amtsgericht", "vorstand:"),
    *("bitte denken sie an die umwelt", "denk aan het milieu", "ajattele ympäristöä"),
    *("pensez à l'environnement", "tänk på miljön", "piense en el medio ambiente"),
)
_LONGEST_NOTE = 400
_HEADINGS = (
    *("disclaimer", "confidentiality notice", "haftungsausschluss", "vertraulichkeitshinweis"),
    *("avis de confidentialité", "aviso de confidencialidad", "nota di riservatezza"),
)
_DISCLAIMER_BEGINS = (
    *_HEADINGS,
    *("confidentiality", "confidential", "this e-mail", "this email", "this message"),
    *("the information contained", "the information in this", "the contents of this", "notice:"),
    *("the content of this", "legal notice", "important notice"),
    *("diese e-mail", "diese mail", "diese nachricht", "der inhalt dieser", "dieses e-mail"),
    *("die information in dieser", "die in dieser", "vertraulichkeit"),
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
)
# A person may write that something is confidential; a lawyer also says for whom it is meant.
_SECRET = re.compile(
    r"confiden|vertrau|vertrouw|luottamuks|konfiden|fortrolig|poufn|riservat|sekretess|privileg|"
    r"nicht der richtige|intended (?:only|solely|for|recipient)|legally|juridi",
    re.IGNORECASE,
)
_MEANT = re.compile(
    r"recipient|addressee|in error|by mistake|delete|unauthori[sz]|empfänger|irrtümlich|löschen|"
    r"geadresseerde|ontvanger|bestemd|vergissing|verwijder|vastaanottaj|tarkoitettu|poista|"
    r"destinat|erreur|supprim|détrui|mottagar|avsedd|radera|slett|modtager|eliminar|borrar|"
    r"errore|cancell|odbiorc|adresat",
    re.IGNORECASE,
)


def begins_disclaimer(line: str, following: str) -> bool:
    """Say whether a line begins a legal notice; `following` is what comes next."""
    words = line.strip(_AROUND).lower()
    if words.startswith(_NOTES):
        return len(words) + len(following) < _LONGEST_NOTE
    if not words.startswith(_DISCLAIMER_BEGINS):
        return False
    notice = f"{line[:500]} {following[:1000]}"
    if _SECRET.search(notice) is None:
        return False
    return words.startswith(_HEADINGS) or _MEANT.search(notice) is not None
