# ruff: noqa: RUF001, RUF002  words of many languages look alike
"""Header fields as mail programs write them into quoted mail, in languages beside the seven."""

from gateway.mail.client_words import Word

_NAMES = {
    Word.FROM: (
        *("fra", "da", "mittente", "od", "отправитель", "от", "від", "от кого", "发件人", "寄件者"),
        *(
            "寄件人",
            "差出人",
            "送信者",
            "보낸 사람",
            "보낸사람",
            "feladó",
            "gönderen",
            "kimden",
            "kellelt",
            "saatja",
        ),
        *("no", "nuo", "de la", "από", "từ", "dari", "expeditor", "odesílatel", "odosielateľ"),
        *("nadawca", "من", "מאת", "pošiljatelj", "จาก"),
    ),
    Word.DATE: (
        *("sendt", "dato", "inviato", "inviata", "data", "enviada em", "enviado em", "wysłano"),
        *("wysłane", "odesláno", "odoslané", "dátum", "datum", "отправлено", "дата", "надіслано"),
        *(
            "发送时间",
            "发送日期",
            "日期",
            "寄件日期",
            "傳送日期",
            "送信日時",
            "日時",
            "日付",
            "보낸 날짜",
            "보낸날짜",
        ),
        *(
            "날짜",
            "elküldve",
            "küldve",
            "gönderildi",
            "gönderme tarihi",
            "tarih",
            "saadetud",
            "trimis",
        ),
        *("message du", "στάλθηκε", "ημερομηνία", "enviat", "enviado", "enviada", "send"),
        *(
            "تم الإرسال",
            "تاريخ الإرسال",
            "التاريخ",
            "أُرسلت",
            "נשלח",
            "תאריך",
            "đã gửi",
            "ngày",
            "ส่งเมื่อ",
            "วันที่",
        ),
    ),
    Word.SUBJECT: (
        *(
            "emne",
            "oggetto",
            "assunto",
            "temat",
            "předmět",
            "predmet",
            "тема",
            "主题",
            "主旨",
            "件名",
        ),
        *(
            "제목",
            "tárgy",
            "konu",
            "teema",
            "tema",
            "subiect",
            "θέμα",
            "assumpte",
            "subjekt",
            "主題",
        ),
        *("الموضوع", "נושא", "chủ đề", "เรื่อง", "zadeva"),
    ),
    Word.TO: (
        *(
            "til",
            "a",
            "para",
            "do",
            "komu",
            "кому",
            "收件人",
            "收件者",
            "宛先",
            "받는 사람",
        ),
        *(
            "받는사람",
            "címzett",
            "kime",
            "alıcı",
            "kellele",
            "saaja",
            "către",
            "προς",
            "per a",
            "till",
        ),
        *("adresat", "odbiorca", "إلى", "אל", "đến", "tới", "ถึง", "za"),
    ),
    Word.CC: (
        *("kopi", "cc", "cópia", "kopia", "dw", "kopie", "копия", "копія", "抄送", "副本", "참조"),
        *("másolatot kap", "bilgi", "koopia", "copie à"),
        *("نسخة", "העתק", "สำเนา"),
    ),
}
_WORDS = {name: word for word, names in _NAMES.items() for name in names}
_LONGEST = max(map(len, _WORDS))

_DECORATION = " \t\u00a0\u200b\ufeff*_|"


def other_header_line(line: str) -> tuple[Word, str] | None:
    """Read a line like `*Fra:* Jan` or `发件人：Jan`; None if it is no such line."""
    head = line[: _LONGEST + 8]
    colon = min((place for mark in ":\uff1a" if (place := head.find(mark)) > 0), default=0)
    if not colon:
        return None
    word = _WORDS.get(head[:colon].strip(_DECORATION).lower())
    return None if word is None else (word, line[colon + 1 :].strip(_DECORATION))
