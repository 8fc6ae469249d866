"""Mails written for tests, and what every mail that was read has to keep to."""

from gateway.mail.model import Mail


def mail_bytes(*lines: str, body: str = "Hello\r\n", **headers: str) -> bytes:
    """Write a mail: a plain one, with header lines added or put in the place of the usual ones."""
    usual = {
        "From": "Jan <jan@klant.example>",
        "To": "support@desk.example",
        "Subject": "Question",
        "Date": "Mon, 2 Nov 2026 10:00:00 +0100",
        "Message-ID": "<1@klant.example>",
    }
    fields = {**usual, **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = [f"{name}: {value}" for name, value in fields.items() if value] + list(lines)
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode("utf-8")


def multipart(*parts: str, kind: str = "mixed") -> bytes:
    """Write a multipart mail of parts that have their own header lines."""
    body = "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n"
    return mail_bytes(Content_Type=f'multipart/{kind}; boundary="b"', body=body)


def assert_sound(mail: Mail) -> None:
    """Check what is promised of any mail that was read, whatever its bytes were."""
    lines = [mail.subject, mail.message_id, *mail.in_reply_to, *mail.references]
    lines += [value for header in mail.headers for value in (header.name, header.value)]
    people = [*mail.to, *mail.cc, *(m for m in (mail.author, mail.claimed_author) if m)]
    lines += [value for person in people for value in (person.name, person.address)]
    lines += [value for a in mail.attachments for value in (a.name, a.media_type, a.content_id)]
    for text in (mail.text, mail.html, mail.author_problem, mail.opaque, *lines):
        text.encode("utf-8")
        assert "\x00" not in text
        assert "\r" not in text
    assert not any("\n" in line for line in lines)
    assert all(a.name and len(a.name.encode("utf-8")) <= 160 for a in mail.attachments)
    assert (mail.author is None) == bool(mail.author_problem)
    assert mail.date is None or mail.date.utcoffset() is not None
    assert 64 == len(mail.fingerprint)
