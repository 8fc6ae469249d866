"""Large mails of a mailbox while the place that keeps them is away."""

from pathlib import Path

from gateway.errors import Transient
from lib.large import Watched
from servers.dovecot import Dovecot
from servers.imap_rig import account, mail, rig


def test_a_mailbox_is_read_past_a_large_mail(dovecot_server: Dovecot, tmp_path: Path) -> None:
    """Small mails are ours and marked; the large one stays as it was until it can be kept."""
    place = Watched(tmp_path / "there")

    def away() -> None:
        raise Transient("the bucket is away")

    place.before = away
    user = dovecot_server.new_user()
    for content in (mail(1), mail(2) + b"x" * 70 * 1024 + b"\r\n", mail(3)):
        dovecot_server.deliver(content, user)
    reading = account(user, dovecot_server.imap)
    with rig(reading, "sqlite:///casepost.db", tmp_path) as post:
        post.places = (place,)
        with post.running(reconnect_first=0.1, reconnect_most=0.2):
            post.wait_for_rows(2)
            post.wait(lambda: post.marked() == 2, "the keyword of the small ones")
            assert "the bucket is away" in (post.last_error() or "")
            place.before = lambda: None
            post.wait_for_rows(3)
            post.wait(lambda: post.marked() == 3, "the keyword of all")
