"""The subjects that mail systems give to what they send back, and what people put before them."""

import re

from gateway.mail.bounce.phrases import phrases

_LONGEST_SUBJECT = 300
_SUBJECTS = phrases(
    """
    delivery incomplete | message you sent blocked |
    undeliver | nondeliver | non-deliver | non deliver | not deliver | not be deliver |
    n't deliver | n't be deliver | returned mail | returned to sender | return to sender |
    mail returned | returning message | failure notice | delivery fail | delivery error |
    delivery stat | delivery problem | delivery notif | delivery report | delivery delay |
    delivery has failed | delivery unsuccess | delivery abort | delivery impossible |
    delivery is delayed | failed delivery | failed to deliver | failed mail | failed message |
    failure delivering | failure to deliver | mail fail | message fail | mail error |
    message error | mail delivery | message delivery | mail system error |
    mail transaction failed | unable to deliver | cannot deliver | cannot be deliver |
    could not deliver | could not send | couldn't deliver | couldn't send |
    error sending your | error delivering | processing error | delayed mail | delayed message |
    delayed delivery | mail delayed | message delayed | message is delayed | mail bounce |
    message bounce | bounced mail | bounced message | bounce notif | bounce message |
    message status | mail status | user unknown | unknown user | unknown recipient |
    unknown address | invalid recipient | invalid address | mail rejected | message rejected |
    rejected mail | rejected message | rejected: | message blocked | mail blocked |
    mailbox full | mailbox is full | over quota | overquota | quota exceeded |
    warning: message | warning: could not | transport error | unzustell | nicht zustellbar |
    nicht zugestellt | zustellung | zustellfehler | unzugestellt | onbestelbaar | niet bezorg |
    niet afgelever | bezorging | non remis | non distribu | échec de la remise |
    échec de remise | échec de la distribution | échec de livraison | retour à l |
    no se puede entregar | no se pudo entregar | no se ha podido entregar | error de entrega |
    no entregad | no entregable | devuelto | estado de entrega | non recapitabile |
    mancato recapito | mancata consegna | não entreg | não pôde ser entreg | falha na entrega |
    devolvid | oavsändbar | olevererbar | kunde inte levereras | leveransfel |
    ei voi toimittaa | ei voitu toimittaa | ei voida toimittaa | toimitusvirhe |
    toimittamaton | toimitus epäonnistui | kunne ikke lever | kan ikke lever | ikke levere |
    uleverbar | uleveret | niedoręcz | nie dostarcz | niedostarcz | nedoruč |
    kézbesíthetetlen | teslim edilemedi | недостав | не достав | возврат | ошибка достав |
    配信不能 | 配信でき | 未配信 | 送信でき | 配信エラー | 送信エラー | エラーメール |
    メールエラー | 不達 | 退信 | 无法投递 | 無法投遞 | 无法送达 |
    投递失败 | 傳送失敗 | 未传递 | 未送達 | 배달 | 전송 실패 | 반송
    """
)
# What people's programs put before a subject when they forward or answer.
_ANSWERED = re.compile(
    r"\s*\[?(?:fwd?|fw|re|aw|wg|antw|doorst|tr|rép|sv|vs|vb|vl|rv|enc|res|i|r|odp|pd|ynt|ilt)"
    r"(?:\[\d{1,3}\])?\s?:",
    re.IGNORECASE,
)


_ASCII_SUBJECTS = tuple(phrase for phrase in _SUBJECTS if phrase.isascii())


def subject_says_undelivered(subject: str) -> bool:
    """Say whether a subject is one that mail systems give to what they send back."""
    said = subject[:_LONGEST_SUBJECT].lower()
    return bool(_phrase_in(said, _ASCII_SUBJECTS if said.isascii() else _SUBJECTS))


def _phrase_in(said: str, known: tuple[str, ...]) -> str:
    """Give the first known phrase in a subject; a plain loop, since every mail comes through."""
    for phrase in known:
        if phrase in said:
            return phrase
    return ""


def is_answer_or_forward(subject: str) -> bool:
    """Say whether a subject begins with what people's programs put before it."""
    return bool(_ANSWERED.match(subject))
