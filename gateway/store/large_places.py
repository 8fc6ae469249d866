"""The places of large mails that a configuration names."""

from gateway.config.settings import Settings
from gateway.store.large_folder import LargeFolder
from gateway.store.large_mails import LargeMails, Place


def large_mails_of(settings: Settings) -> LargeMails:
    """Give where a house's large mails are; nothing is opened, and no key read, before its use."""
    own = settings.raw
    folder = settings.data / own.folder
    places: tuple[Place, ...] = (LargeFolder(folder),)
    if own.bucket is not None:
        # It takes memory that only those pay who need it.
        from gateway.store.large_bucket import LargeBucket  # noqa: PLC0415

        places = (LargeBucket(own, own.bucket, settings.path), *places)
    return LargeMails(
        bound=settings.large_mail,
        incoming=folder / "incoming",
        patience=own.timeout,
        places=places,
    )
