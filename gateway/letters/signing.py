"""How many of the mails of one occasion are signed: signing is the dearest part of writing one."""

import logging

from gateway.house import House

# A signature takes about 10 ms, and as long again for each 200 KB; a worker has 10 s for its mails.
_MOST = 400
_BYTES = 200_000

_log = logging.getLogger("casepost.letters")


class Signing:
    """Signs the mails of one occasion until the time for it is used up."""

    def __init__(self) -> None:
        """Begin with all of it."""
        self._left = _MOST
        self._told = False

    def signed(self, house: House, content: bytes, sender: str) -> bytes:
        """Give a mail with its DKIM signature, if there is a key, and time; else as it is."""
        if house.signers.signer_for(sender) is None:
            return content
        cost = 1 + len(content) // _BYTES
        if cost > self._left:
            if not self._told:
                _log.error("too many mails at once: the rest goes out without DKIM signatures")
            self._told, self._left = True, 0
            return content
        self._left -= cost
        return house.signed(content, sender)
