"""Bounces that only a text tells: the forms of the programs that write them, and who may."""

import json

import pytest

from gateway.mail import dsn
from gateway.mail.parse import parse

COPY = "Received: from mx\nMessage-ID: <cp.1@desk.example>\nSubject: Your question\n\nHello\n"

QMAIL = """Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<els@klant.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  els@klant.example
    SMTP error from remote mail server after RCPT TO:<els@klant.example>:
    host mx.example [192.0.2.1]: 550 5.1.1 No such person

------ This is a copy of the message, including all the headers. ------

"""
POSTFIX = """This is the mail system at host mx.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<els@klant.example>: host mx.example[192.0.2.1] said: 550 5.1.1
    <els@klant.example>: unknown (in reply to RCPT TO command)

"""
SENDMAIL = """The original message was received at Mon, 2 Mar 2026 09:00:00 +0100

   ----- The following addresses had permanent fatal errors -----
<els@klant.example>
    (reason: 550 5.1.1 User unknown)

   ----- Transcript of session follows -----
550 5.1.1 <els@klant.example>... User unknown

"""
EXCHANGE = """Your message

  To:      Els
  Subject: Your question
  Sent:    Mon, 2 Mar 2026 09:00:00 +0100

did not reach the following recipient(s):

els@klant.example on Mon, 2 Mar 2026 09:00:05 +0100
    The e-mail system was unable to deliver the message. #5.1.1

"""
OFFICE = """Delivery has failed to these recipients or groups:

els@klant.example (els@klant.example)
The email address you entered couldn't be found.

Generating server: EX01.klant.example
Remote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'

Original message headers:

"""
YAHOO = """Sorry, we were unable to deliver your message to the following address.

<els@klant.example>:
Remote host said: 550 5.1.1 no such user [RCPT_TO]

--- Below this line is a copy of the message.

"""
SCANNER = """****** Message from InterScan Messaging Security Suite ******

Sent <<< RCPT TO:<els@klant.example>
Received >>> 550 5.1.1 unknown
Unable to deliver message to <els@klant.example>.

************************     End of message     **********************

"""
MAILDAEMON = """Your message was not delivered to:

  els@klant.example
  Reason: 550 5.1.1 mailbox not found

"""
FORMS = {
    "qmail": QMAIL,
    "exim": EXIM,
    "postfix": POSTFIX,
    "sendmail": SENDMAIL,
    "exchange": EXCHANGE,
    "office": OFFICE,
    "yahoo": YAHOO,
    "scanner": SCANNER,
    "another": MAILDAEMON,
}


def mail_of(text: str, *lines: str, sender: str = "MAILER-DAEMON@mx.example") -> bytes:
    """Write a mail with these header lines and a text."""
    return "\n".join((f"From: {sender}", "To: support@desk.example", *lines, "", text)).encode()


@pytest.mark.parametrize("form", FORMS)
def test_each_form_tells_recipient_status_and_mail(form: str) -> None:
    """The programs that write no machine-readable part, each in its own way."""
    found = dsn.bounce(parse(mail_of(FORMS[form] + COPY, "Subject: Mail delivery failed")))
    assert found is not None
    assert [("els@klant.example", "5.1.1", True)] == [
        (one.address, one.status, one.permanent) for one in found.recipients
    ]
    assert ("<cp.1@desk.example>", "Your question") == (found.of, found.returned_subject)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("sender", "lines"),
    [
        ("postmaster@mx.example", ("Subject: Undeliverable: Your question",)),
        ("System Administrator <sa@mx.example>", ("Subject: Undeliverable: Your question",)),
        ("x@mx.example", ("Subject: Undelivered mail", "Return-Path: <>")),
    ],
)
def test_other_senders_need_a_subject(form: str, sender: str, lines: tuple[str, ...]) -> None:
    """A postmaster writes other mail, too, and a null reverse-path is any machine's."""
    assert dsn.bounce(parse(mail_of(FORMS[form], *lines, sender=sender))) is not None
    other = ("Subject: About your account", *lines[1:])
    assert dsn.bounce(parse(mail_of("Nothing to see.", *other, sender=sender))) is None


def test_the_failed_recipients_field_names_them() -> None:
    """What each of them failed of is in the text."""
    lines = ("X-Failed-Recipients: a@klant.example,\n b@klant.example", "Subject: Failure")
    text = "a@klant.example\n  550 5.1.1 unknown\nb@klant.example\n  452 4.2.2 full\n"
    found = dsn.bounce(parse(mail_of(text, *lines)))
    assert found is not None
    assert [("a@klant.example", "5.1.1", True), ("b@klant.example", "4.2.2", False)] == [
        (one.address, one.status, one.permanent) for one in found.recipients
    ]


@pytest.mark.parametrize(
    "text",
    [
        (
            "This is a warning message only.  You do not need to resend your message.\n\n"
            "els@klant.example\n"
        ),
        (
            "A message that you sent has not yet been delivered to one or more of its\nrecipients. "
            "No action is required on your part.\n\n  els@klant.example\n    Delay reason: x\n"
        ),
        (
            "Delivery to the following recipient has been delayed:\n\n     els@klant.example\n\n"
            "Message will be retried for 2 more day(s)\n"
        ),
    ],
)
def test_a_warning_is_not_for_good(text: str) -> None:
    """The mail may yet arrive."""
    found = dsn.bounce(parse(mail_of(text, "Subject: Warning: message delayed 24 hours")))
    assert found is not None
    assert [("els@klant.example", False, True)] == [
        (one.address, one.permanent, one.delayed) for one in found.recipients
    ]


@pytest.mark.parametrize(
    "said", ["mailbox is full", "This account is over quota.", "Connection timed out", "452 no"]
)
def test_a_failure_that_may_pass_is_not_for_good(said: str) -> None:
    """The mail was given up, and another may arrive."""
    text = f"Unable to deliver your message to:\n\n<els@klant.example>:\n{said}\n"
    found = dsn.bounce(parse(mail_of(text, "Subject: Delivery failure")))
    assert found is not None
    assert [(False, False)] == [(one.permanent, one.delayed) for one in found.recipients]


def test_some_programs_answer_the_mail() -> None:
    """A postmaster may write under the subject of an answer what only a program writes."""
    text = (
        "Hi. This is the James mail server at mx.example.\nI'm afraid I wasn't able to deliver "
        "your message to the following addresses.\n\nels@klant.example\n"
    )
    lines = ("Subject: Re: Your question", "Return-Path: <>")
    found = dsn.bounce(parse(mail_of(text, *lines, sender="postmaster@mx.example")))
    assert found is not None
    assert ["els@klant.example"] == [one.address for one in found.recipients]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Unzustellbar: Anfrage", "Ihre Nachricht konnte nicht zugestellt werden an:"),
        ("Onbestelbaar: Vraag", "Uw bericht kon niet worden bezorgd bij:"),
        ("Non remis : Question", "Votre message n'a pas pu être remis à :"),
        ("No se puede entregar: Pregunta", "No se pudo entregar el mensaje a:"),
        ("Oavsändbar: Fråga", "Meddelandet kunde inte levereras till:"),
        ("Ei voi toimittaa: Kysymys", "Viestiä ei voitu toimittaa:"),
        ("配信できませんでした", "送信先が見つからないため送信できません"),
        ("配信不能", "次の宛先にメールを配信できませんでした"),
    ],
)
def test_languages(subject: str, text: str) -> None:
    """Exchange and others write in the language of their administrators."""
    mail = mail_of(
        f"{text}\n\n  els@klant.example\n", f"Subject: {subject}", sender="postmaster@x.example"
    )
    found = dsn.bounce(parse(mail))
    assert found is not None
    assert found.recipients[0].address == "els@klant.example"


def test_only_lists_that_stand_apart_name_recipients() -> None:
    """The sender's, the reporter's and a server's addresses in the text are none."""
    text = (
        "Message from support@desk.example not delivered, ask postmaster@mx.example.\n"
        "MAIL FROM:<support@desk.example> ok\nRCPT TO:<els@klant.example> 550 5.1.1 no\n"
    )
    lines = ("Subject: Delivery failure",)
    found = dsn.bounce(parse(mail_of(text, *lines, sender="postmaster@mx.example")))
    assert found is not None
    assert ["els@klant.example"] == [one.address for one in found.recipients]


@pytest.mark.parametrize(
    ("sender", "lines", "text"),
    [
        ("noreply@parcel.example", ("Subject: Delivery failed",), "Your parcel is not delivered"),
        (
            "noreply@parcel.example",
            ("Subject: Delivery report", "Auto-Submitted: auto-generated"),
            "Your parcel was not delivered to the following address:\nhelp@parcel.example\n",
        ),
        ("els@klant.example", ("Subject: Re: Undeliverable: x",), QMAIL + COPY),
        ("els@klant.example", ("Subject: Fwd: failure notice",), QMAIL + COPY),
        ("els@klant.example", ("Subject: failure notice",), f"Please help me:\n\n{QMAIL}{COPY}"),
        ("els@klant.example", ("Subject: A question",), QMAIL + COPY),
        (
            "els@klant.example",
            ("Subject: Delivery failure",),
            "My mail to\njan@desk.example\ncould not be delivered\n",
        ),
        (
            "els@klant.example",
            ("Subject: Automatic reply: Undelivered order", "Return-Path: <>"),
            "I am away until Monday.",
        ),
        (
            "Postmaster Team <help@isp.example>",
            ("Subject: Your question",),
            "Your message was rejected because of its size.",
        ),
    ],
)
def test_what_only_looks_like_a_bounce(sender: str, lines: tuple[str, ...], text: str) -> None:
    """People about bounces, and machines about parcels."""
    assert dsn.bounce(parse(mail_of(text, *lines, sender=sender))) is None


def test_a_program_that_nobody_knows_by_name() -> None:
    """The whole text is what a program prints, and the mail is given back."""
    lines = ("Subject: Returned mail",)
    found = dsn.bounce(parse(mail_of(QMAIL + COPY, *lines, sender="x@mx.example")))
    assert found is not None
    assert found.recipients[0].address == "els@klant.example"


def notice(kind: str) -> bytes:
    """Write what Amazon's notification service sends."""
    value = {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bouncedRecipients": [
                {
                    "emailAddress": "els@klant.example",
                    "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 unknown",
                },
                7,
            ],
        },
        "mail": {"commonHeaders": {"messageId": "<cp.1@desk.example>", "subject": "Question"}},
    }
    return mail_of(
        json.dumps(value) + "\n\n--\nUnsubscribe",
        "Subject: AWS Notification Message",
        "x-amz-sns-message-id: 1",
        sender="no-reply@sns.example",
    )


@pytest.mark.parametrize(("kind", "permanent"), [("Permanent", True), ("Transient", False)])
def test_a_notification_of_a_mail_service(kind: str, *, permanent: bool) -> None:
    """JSON in the text names recipients and mail."""
    found = dsn.bounce(parse(notice(kind)))
    assert found is not None
    assert [("els@klant.example", "5.1.1", permanent)] == [
        (one.address, one.status, one.permanent) for one in found.recipients
    ]
    assert found.of == "<cp.1@desk.example>"


@pytest.mark.parametrize("text", ['{"bouncedRecipients":' + "[" * 60_000, '{"bouncedRecipients"}'])
def test_a_broken_notification_is_none(text: str) -> None:
    """Whatever stands there, nothing is raised."""
    assert dsn.bounce(parse(notice("x").partition(b"{")[0] + text.encode())) is None


def test_a_bounce_that_names_nobody_has_one_unknown_recipient() -> None:
    """What is known of the failure is known of somebody."""
    mail = parse(mail_of("550 5.7.1 no\n", "Subject: Undeliverable mail"))
    found = dsn.bounce(mail)
    assert found is not None
    assert [("", "5.7.1", True)] == [(r.address, r.status, r.permanent) for r in found.recipients]
