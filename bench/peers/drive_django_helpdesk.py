"""django-helpdesk, driven in its own environment: mails from a folder, by its own `process_email`.

Run as `python drive_django_helpdesk.py FOLDER (best|installed) SMTP-PORT`. A line on standard input
names a folder of mails; the answer is a line of JSON: seconds, and what there is afterwards.

`installed` is what its documentation gives: SQLite as Django opens it, acknowledgements by SMTP.
`best` writes SQLite's log ahead (WAL) and throws outgoing mail away.
"""

import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.urls import include, path

_SLUG = "support"
urlpatterns: list[object] = []
"""Django asks the module that ROOT_URLCONF names; filled when it is set up."""


def main() -> None:
    """Set up, then take what each line names."""
    folder, mode, port = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    configure(folder, mode, port)
    from helpdesk.models import Queue  # noqa: PLC0415  Django must know its settings before

    call_command("migrate", verbosity=0)
    call_command("loaddata", "emailtemplate", verbosity=0)
    queue = Queue.objects.create(
        title="Service desk",
        slug=_SLUG,
        email_address="support@desk.example",
        allow_email_submission=True,
        email_box_type="local",
        email_box_interval=0,
        logging_type="none",
    )
    logging.disable(logging.ERROR)
    print("ready", flush=True)
    for line in sys.stdin:
        queue.email_box_local_dir = line.strip()
        queue.email_box_last_check = None
        queue.save()
        print(json.dumps(taken(Path(line.strip()))), flush=True)


def configure(folder: Path, mode: str, port: int) -> None:
    """Set Django up as django-helpdesk's installation page says, in one folder."""
    best = mode == "best"
    database: dict[str, Any] = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(folder / "helpdesk.sqlite3"),
    }
    if best:
        database["OPTIONS"] = {"init_command": "PRAGMA journal_mode = WAL"}
    settings.configure(
        SECRET_KEY="not one",  # noqa: S106  nobody signs in
        DEBUG=False,
        USE_TZ=True,
        SITE_ID=1,
        ROOT_URLCONF=__name__,
        MEDIA_ROOT=str(folder / "media"),
        STATIC_URL="/static/",
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DEFAULT_FROM_EMAIL="support@desk.example",
        EMAIL_BACKEND=f"django.core.mail.backends.{'dummy' if best else 'smtp'}.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        # Without the package for teams, as its page "teams mode" says.
        HELPDESK_TEAMS_MODE_ENABLED=False,
        HELPDESK_TEAMS_MODEL="auth.User",
        HELPDESK_TEAMS_MIGRATION_DEPENDENCIES=[],
        HELPDESK_KBITEM_TEAM_GETTER=lambda _: None,
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "django.contrib.sites",
            "django.contrib.humanize",
            "rest_framework",
            "django_cleanup.apps.CleanupConfig",
            "helpdesk",
        ],
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
    )
    django.setup()
    urlpatterns.append(path("", include("helpdesk.urls", namespace="helpdesk")))


def taken(mails: Path) -> dict[str, object]:
    """Have django-helpdesk take a folder's mails, and count what it made."""
    from helpdesk.email import process_email  # noqa: PLC0415  Django must know its settings before
    from helpdesk.models import FollowUp, Ticket  # noqa: PLC0415  the same

    # Two lines of it go to the console for each queue.
    begin = time.perf_counter()
    process_email(quiet=True)
    seconds = time.perf_counter() - begin
    recipients = FollowUp.objects.values_list("email_recipients", flat=True)
    return {
        "seconds": seconds,
        "left": len(list(mails.iterdir())),
        "tickets": Ticket.objects.count(),
        "entries": FollowUp.objects.count(),
        "acknowledged": sum(len(to or ()) for to in recipients),
        "asked": [
            [sender, f"{_SLUG}-{number}", f"<{number}@helpdesk.example>"]
            for number, sender in Ticket.objects.values_list("id", "submitter_email")
        ],
    }


if __name__ == "__main__":
    main()
