"""Roundup, driven in its own environment: mails from an mbox, by its own mail gateway.

Run as `python drive_roundup.py FOLDER _ SMTP-PORT`. A line on standard input names an mbox; the
answer is a line of JSON: seconds, and what there is afterwards.

The tracker is the classic template on SQLite. One process reads the whole mbox, as
`roundup-mailgw TRACKER mailbox FILE` does, and who opens an issue gets its first message back,
which is Roundup's acknowledgement.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import roundup.instance
from roundup.scripts import roundup_mailgw

ALLOWED = "db.security.addPermissionToRole('Anonymous', 'Email Access')"
QUIET = subprocess.DEVNULL


def main() -> None:
    """Set up, then take what each line names."""
    tracker, port = Path(sys.argv[1]) / "tracker", int(sys.argv[3])
    install(tracker, port)
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(taken(tracker, line.strip())), flush=True)


def install(tracker: Path, port: int) -> None:
    """Make a tracker by Roundup's own tool."""
    options = {
        "mail_host": "127.0.0.1",
        "mail_port": port,
        "mail_domain": "desk.example",
        "tracker_web": "http://127.0.0.1/support/",
        "tracker_email": "support",
        "admin_email": "admin",
        "nosy_messages_to_author": "new",
        # It gives each new customer a password, and would take half a second to hash it.
        "password_pbkdf2_default_rounds": 1000,
    }
    given = ",".join(f"{name}={value}" for name, value in options.items())
    admin = [str(Path(sys.executable).with_name("roundup-admin")), "-i", str(tracker)]
    subprocess.run([*admin, "install", "classic", "sqlite", given], check=True, stdout=QUIET)
    # Whoever writes by mail may open an issue; the line stands there for that, as a comment.
    schema = tracker / "schema.py"
    schema.write_text(schema.read_text().replace(f"#{ALLOWED}", ALLOWED))
    subprocess.run([*admin, "initialise", "not-a-secret"], check=True, stdout=QUIET)


def taken(tracker: Path, mbox: str) -> dict[str, object]:
    """Have Roundup take an mbox's mails, and count what it made."""
    begin = time.perf_counter()
    status = roundup_mailgw.main([str(tracker), "mailbox", mbox])
    seconds = time.perf_counter() - begin
    if status:
        raise RuntimeError(f"roundup-mailgw ended with {status}")
    database = roundup.instance.open(str(tracker)).open("admin")
    try:
        issues = [(number, database.issue.getnode(number)) for number in database.issue.list()]
        return {
            "seconds": seconds,
            "left": Path(mbox).stat().st_size,
            "tickets": len(issues),
            "entries": len(database.msg.list()),
            "acknowledged": None,
            "asked": [
                [
                    database.user.get(issue.creator, "address"),
                    f"issue{number}",
                    f"<{number}@roundup.example>",
                ]
                for number, issue in issues
            ],
        }
    finally:
        database.close()


if __name__ == "__main__":
    main()
