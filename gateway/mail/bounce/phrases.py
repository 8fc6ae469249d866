"""What mail systems write when a mail did not arrive, in the languages in which they write.

Facts about the wording of programs, nothing else: how much a phrase proves depends on who wrote
it, which `dsn` weighs.
"""

import re


def phrases(listed: str) -> tuple[str, ...]:
    """Read a list of phrases with bars between them; a phrase is in lower case, on one line."""
    return tuple(" ".join(phrase.split()) for phrase in listed.split("|"))


# What mail systems say of a mail that they give up, in words that run on over line ends.
_UNDELIVERED = phrases(
    """
    this is the qmail-send program | this is the mail delivery agent at |
    this is the james mail server at | temporary problem delivering | delivery incomplete |
    was blocked by | too many hops | error has occurred while attempting to deliver |
    this is the mail system at | this is the deliver program at |
    this is the postfix program at | this is the machine generated message from mail service |
    the mta program at | created automatically by mail delivery software |
    the original message was received at | had permanent fatal errors |
    had permanent delivery errors | had delivery problems | transcript of session follows |
    did not reach the following recipient |
    did not reach some or all of the intended recipients | could not be delivered |
    trouble delivering | error delivering your mail | error sending your mail |
    returned permanent errors | refused to accept your message | has been returned because |
    been returned to you | encountered an error while being processed | returned mail follows |
    message was rejected | email you sent was rejected | mail you sent was rejected |
    automatically rejected | message has been rejected | message not delivered |
    invalid final delivery userid | error was detected while processing |
    did not exactly match | incorrectly constructed | malformed address | mail not delivered |
    not able to deliver | message bounced | mail bounced | bounced message | bounced e-mail |
    mail system error | invalid address | no longer valid | does not exist at this |
    has been suspended | could not deliver | couldn't be delivered | couldn't deliver |
    cannot be delivered | can not be delivered | can't be delivered | was not delivered |
    wasn't delivered | were not delivered | not been delivered | not be delivered to |
    unable to deliver | wasn't able to deliver | unable to be delivered | failed to deliver |
    undeliverable | undelivered | delivery to the following | delivery has failed |
    delivery failed | delivery failure | delivery error | delivery status notification |
    delivery aborted | non-delivery | nondelivery | not deliver your message |
    not delivered to the following | returned to sender | returned mail | returned to you |
    did not receive a copy of your message | did not receive this message |
    did not receive your message | failed recipients | failed addresses | invalid recipient |
    unknown recipient | recipient unknown | unknown user | user unknown | no such user |
    unknown local | unrouteable address | address rejected | recipient rejected |
    mailbox is full | mailbox unavailable | mailbox not found | over quota |
    exceeded storage allocation | host unknown | has encountered delivery problems |
    a message that you sent was rejected | was rejected by the | message was blocked |
    undeliverable address | undeliverable to | message delivery | konnte nicht zugestellt |
    nicht zugestellt werden | nicht ausgeliefert | unzustellbar | nicht zustellbar |
    fehler bei der zustellung | kon niet worden bezorgd | kon niet worden afgeleverd |
    niet worden bezorgd | niet worden afgeleverd | niet worden besteld | onbestelbaar |
    n'a pas pu être | n'a pu être | n\N{RIGHT SINGLE QUOTATION MARK}a pas pu être |
    échec de la remise | non remis | impossible de remettre | no se pudo entregar |
    no se ha podido entregar | no pudo ser entregado | no ha podido ser entregado |
    error en la entrega | non è stato possibile recapitare | impossibile recapitare |
    non è stato recapitato | mancato recapito | não pôde ser entregue | não foi entregue |
    não foi possível entregar | kunde inte levereras | inte levereras | inte kunnat levereras |
    oavsändbar | olevererbar | ei voitu toimittaa | ei voida toimittaa | toimitus epäonnistui |
    kunne ikke leveres | ikke leveret | kunne ikke levere | nie mogła zostać dostarczona |
    nie została dostarczona | nedoručitel | nebylo možné doručit | не доставлено |
    не было доставлено | не может быть доставлено | недоставлен | не удалось доставить |
    невозможно доставить | 送信できません | 配信できません | 配信不能 | お届けできません |
    届けることができません | 配送できません | 宛先不明 |
    退信 | 无法投递 | 無法投遞 | 无法送达 | 無法傳送 | 未能送达 | 배달되지 | 전송하지 못
    """
)
_DELAYED = phrases(
    """
    temporary problem delivering | delivery incomplete |
    transient non-fatal | warning message only | do not need to resend |
    not yet been delivered | not been delivered yet | has been delayed | is delayed |
    was delayed | delivery is delayed | delivery attempts will continue |
    will continue to be attempted | will be retried | will keep trying | will continue trying |
    still trying | still being retried | will retry | no action is required on your part |
    this is just a warning | advisory-only | delayed delivery | still undelivered |
    could not send message for past | message still undelivered | noch nicht zugestellt |
    nog niet | pas encore | aún no | non ancora | ännu inte | ei ole vielä
    """
)
_GIVEN_UP = phrases(
    """
    fatal error | permanent error | permanent failure | failed permanently | giving up | gave up |
    given up | has failed | delivery failed | could not be delivered to one or more |
    in the queue too long | retry timeout exceeded | retry time not reached |
    delivery attempts have been made | message expired | will not be retried |
    no further attempts
    """
)


# Whole sentences of mail programs, which no person begins a mail with.
_PROGRAMS = phrases(
    """
    this is the qmail-send program | this is the mail delivery agent at |
    this is the james mail server at | wasn't able to deliver your message to |
    error has occurred while attempting to deliver a message |
    this is the mail system at | this is the deliver program at |
    this is the postfix program at |
    this is an automatically generated delivery status notification |
    this is a delivery status notification | this is a delivery failure notification |
    this is the machine generated message from mail service | the mta program at |
    created automatically by mail delivery software |
    a message that you sent could not be delivered | a message that you sent was rejected |
    the original message was received at | had permanent fatal errors |
    had permanent delivery errors | transcript of session follows |
    did not reach the following recipient |
    did not reach some or all of the intended recipients |
    delivery has failed to these recipients | delivery to the following recipient |
    could not be delivered to the following recipient |
    could not be delivered to the following user |
    could not be delivered to the following address |
    unable to deliver your message to the following |
    unable to deliver message to the following | non-delivery report | message from interscan |
    failed recipients --- | failed addresses follow | here is your list of failed recipients |
    an error was detected while processing the enclosed message |
    we had trouble delivering your message | your message has encountered delivery problems |
    invalid final delivery userid | undeliverable address: | reporting-mta: |
    送信先のメールボックスが一杯 |
    送信できませんでした | 配信できませんでした
    """
)
_MAIL_TO = re.compile(
    r"\b(?:e-?mail|message|mail)\b[^.!?]{0,160}(?:not (?:be |been )?|n't (?:be )?|undeliver)"
    r"(?:delivered|able) to\b"
)
_PERSONAL = re.compile(
    r"\b(?:i|my|me|dear|hello|please|help|thanks|regards|morning|afternoon|hallo|ich|mein\w*|bitte|"
    r"mijn|ik|graag|bonjour|je|mon|mes|hola|mi|mis|por favor|hei|hej|minun|min|mina|mitt)\b"
)
_BEGINNING = 300


def says_undelivered(words: str) -> str:
    """Give the phrase by which a report's words show that a mail was not delivered, or ""."""
    return next((p for p in _UNDELIVERED if p in words), "") or says_delayed(words)


def says_delayed(words: str) -> str:
    """Give the phrase by which a report warns that a mail will come late, "" if it is for good."""
    if any(phrase in words for phrase in _GIVEN_UP):
        return ""
    return next((phrase for phrase in _DELAYED if phrase in words), "")


def program_of(words: str) -> str:
    """Give the sentence of a mail program with which a report's words begin, "" if none does.

    Where a person has written before it, the program is only quoted.
    """
    start = words[:_BEGINNING]
    sentence = next((sentence for sentence in _PROGRAMS if sentence in start), "")
    if sentence:
        place = start.find(sentence)
    else:
        match = _MAIL_TO.search(start)
        sentence, place = (match.group(), match.start()) if match else ("", 0)
    return "" if _PERSONAL.search(start[:place]) else sentence
