"""The words with which responders, and people who are away, begin a mail.

In the languages of the desks and in others whose senders write to them. All patterns are linear:
no repeat is next to another that could take the same character, and each is bounded.
"""

import re

# Answered ("Re:"), and what gateways and trackers put in front ("[EXTERNAL]", "[issue 1]").
BEFORE = re.compile(
    r"\s{0,9}(?:(?:(?P<answered>re|aw|antw|sv|vs|ref|rif|odp|res|ynt)(?:\[\d{1,3}\])?\s{0,2}:|"
    r"\[[^\[\]]{0,40}\])\s{0,9}){0,4}",
    re.IGNORECASE,
)
TAG = re.compile(r"\[([^\[\]]{0,40})\]")

_END = r"(?=\s{0,3}(?:[]:\uff1a!]|[-\u2013\u2014]\s|$))"

# What programs put in front of the subject that they answer, as each language has it.
RESPONDER = re.compile(
    r"(?:(?:out of (?:the )?office[ :-]{1,3})?"
    r"auto(?:mat(?:ic|ed))?[- ]?(?:e?mail[- ]?)?(?:reply|response|responder|respons|answer)|"
    r"automatische (?:e-?mail-?)?antwort|abwesenheits(?:notiz|meldung|benachrichtigung|nachricht)|"
    r"autoantwort|automatisch antwoord|automatische? beantwoording|"
    r"afwezigheids(?:bericht|melding|assistent)|"
    r"automaattinen (?:poissaolo)?vastaus|automaattivastaus|poissaolo(?:viesti|ilmoitus)|"
    r"r[ée]ponse automatique|message d['\u2019]absence|notification d['\u2019]absence|"
    r"automatiskt? svar(?:smelding)?|autosvar|automatsvar|fr[åa]nvaromeddelande|"
    r"frav[æa]rs?(?:meddelelse|melding|besked)|"
    r"(?:respuesta|contestaci[óo]n) autom[áa]tica|mensaje de ausencia|"
    r"risposta automatica|resposta autom[áaà]tica|"
    r"automatyczna odpowied[źz]|odpowied[źz] automatyczna|autoodpowied[źz]|"
    r"automatick[áa] odpov[ěe][ďd]|automatikus v[áa]lasz|r[ăa]spuns automat|"
    r"otomatik yan[\u0131i]t|автоматический ответ|автоответ(?:чик)?|автоматична відповідь|"
    r"αυτόματη απάντηση|自動返信|自動応答|自动(?:答复|回复)|自動回覆|자동 ?회신)" + _END,
    re.IGNORECASE,
)
# Among these, what trackers and shops write, too, who are never away.
ANYBODY = re.compile(r"auto(?:mated)?[- ]?(?:e?mail[- ]?)?(?:reply|respon)", re.IGNORECASE)
# In front of the answered subject, whatever the language: "Automatiska atbilde: x".
AUTOMATIC = re.compile(r"\bautom[aá]t|αυτόμ|автомат", re.IGNORECASE)
# Programs that say that they are one, though not that they answer.
GENERATED = re.compile(
    r"(?:auto(?:matic(?:ally)?|mated)?[- ]?(?:generated|message|notification)|"
    r"automat(?:ed|ic) e-?mail|automatische (?:nachricht|benachrichtigung|e-?mail)|"
    r"automatisch bericht|message automatique|automaattinen (?:viesti|ilmoitus)|"
    r"automatiskt meddelande|(?:mensaje|correo) autom[áa]tico|messaggio automatico)" + _END,
    re.IGNORECASE,
)
# Absence, at the beginning of a subject. People write so, too.
ABSENT = re.compile(
    r"(?:auto\s{0,2}:\s{0,2})?(?:"
    r"out[ -]of[ -](?:the |my )?office|ooo|oof|vacation|on (?:vacation|holidays?|leave)|"
    r"away(?= from| until| till|\s{0,3}$)|(?:i am|i'm) (?:away|out|on)|"
    r"(?:bin )?abwesen(?:d|heit\w{0,20})|im urlaub|urlaub|nicht im (?:b[üu]ro|haus)|au[ßs]+er haus|"
    r"(?:ik ben )?afwezig(?:heid\w{0,20})?|niet aanwezig|(?:met|op) vakantie|vakantie|"
    r"poissa(?:olo\w{0,20})?|(?:olen )?(?:kesä|talvi)?lomalla|"
    r"absence|absente?|en (?:cong[ée]s?|vacances)|"
    r"fr[åa]nvar(?:o\w{0,20}|ande)|semester|inte på kontoret|"
    r"fuera de (?:la )?oficina|ausencia|ausente|(?:de )?vacaciones|"
    r"fuori (?:sede|ufficio)|assen(?:te|za)|in ferie|"
    r"fora do escrit[óo]rio|aus[êe]ncia|de f[ée]rias|"
    r"frav[æa]r(?:ende)?|ikke på kontoret|ferie|"
    r"poza biurem|nieobecno[śs][ćc]|urlop|"
    r"не в офисе|отпуск|不在)\b",
    re.IGNORECASE,
)
# "Jan Klant is out of the office (returning 02.11.2026)", as Notes writes it; in lower case, since
# all of a subject is searched for it.
SOMEBODY_ABSENT = re.compile(
    r" (?:(?:is|will be) (?:currently )?out of the office|ist au(?:ß|ss)er haus|"
    r"est absente?|is afwezig|on poissa|está ausente|è assente)\b"
)
END_OF_PHRASE = re.compile(r"\s{0,3}(?:[:\uff1a!.(]|[-\u2013\u2014]|$)")

# Said of oneself, at the beginning of a text.
AWAY = re.compile(
    r"out of (?:the |my )?office|away from (?:the office|my (?:desk|mail|e-?mail))|currently away|"
    r"\bi(?: a|')m (?:away|on (?:\w{1,12} )?(?:leave|vacation|holidays?)|back)|"
    r"on (?:annual|parental|maternity|paternity|sick) leave|on vacation|on holiday|"
    r"not in the office|back in the office|"
    r"nicht im (?:b[üu]ro|hause?)|abwesend|au(?:ß|ss)er hause?|im urlaub|\bin urlaub|"
    r"afwezig|niet aanwezig|(?:met|op) vakantie|niet op kantoor|"
    r"\b(?:kesä|talvi|vuosi)?loma(?:lla|ni)\b|\bpoissa\b|vapaalla|"
    r"\babsente?\b|en cong[ée]s?|en vacances|\bsemester\b|inte på kontoret|frånvarande|"
    r"fuera de (?:la |mi )?oficina|de vacaciones|\bausente\b|"
    r"fuori (?:sede|ufficio)|\bassente\b|in ferie|fora do escrit[óo]rio|de f[ée]rias|"
    r"frav[æa]rende|ikke på kontoret|\b(?:på|har) ferie|poza biurem|nieobecn|na urlopie|"
    r"в отпуске|отсутств|不在|휴가",
    re.IGNORECASE,
)
# What such a text says besides: who helps meanwhile, when it will be read, that a program wrote it.
MEANWHILE = re.compile(
    r"automat|auto-?(?:reply|svar|generated)|自動|自动|"
    r"limited access|urgent|dringend|wieder (?:da|erreichbar|zur[üu]ck|im)|"
    r"zur[üu]ck ?(?:am|ab|bin)|(?:on|upon|after) my return|when i (?:return|get back|am back)|"
    r"(?:will|shall) return|returning|weitergeleitet|vertretung|"
    r"spoed|terugkomst|weer (?:aanwezig|terug|op)|"
    r"kiireelli|palaan|\btakaisin|de retour|mon retour|brådskande|\båter|tillbaka|"
    r"urgencia|urgente|mi regreso|rientro|retorno|haster|tilbage|tilbake|piln|powr[óo]t",
    re.IGNORECASE,
)
