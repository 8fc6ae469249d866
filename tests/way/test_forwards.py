"""What an agent forwards, on its way into the store."""

from lib.workbench import Workbench, mail

ADA = "Ada <ada@north.example>"
KIM = "kim@elsewhere.example"


def forward(comment: str) -> str:
    """Enclose Kim's mail in one of Ada's."""
    head = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b"
    body = (
        f"--b\n\n{comment}\n--b\nContent-Type: message/rfc822\n\n"
        f"From: Kim <{KIM}>\nSubject: It is slow\nMessage-ID: <slow@elsewhere.example>\n"
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=c\n\n"
        "--c\n\nVery slow.\n--c\nContent-Type: image/png; name=slow.png\n\nPNG\n--c--\n--b--"
    )
    return mail(author=ADA, subject="Fwd: It is slow", headers=head, body=body)


def test_the_same_mail_forwarded_twice_at_once_is_one_ticket(bench: Workbench) -> None:
    """The second is looked up again, and kept as a note."""
    bench.deliver(forward("For us?"), sender="ada@north.example")
    bench.deliver(forward("Once more."), sender="ada@north.example")

    bench.work()

    assert ["filed", "filed"] == bench.states()
    (ticket,) = bench.rows("tickets")
    assert (KIM, "It is slow") == (ticket["requester"], ticket["subject"])
    said = [(row["kind"], row["author"], row["text"]) for row in bench.rows("entries")][:2]
    assert [("customer", KIM, "Very slow."), ("note", "ada@north.example", "For us?")] == said
    names = [attachment["name"] for attachment in bench.rows("entries")[0]["attachments"]]
    assert "slow.png" in names
    ids = {row["message_id"] for row in bench.rows("message_ids")}
    assert "<slow@elsewhere.example>" in ids
    assert [KIM] == [row["recipient"] for row in bench.to_customers()]
