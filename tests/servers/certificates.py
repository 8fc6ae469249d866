"""A certificate for this machine's loopback names, from an authority made for the run."""

from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files: the authority to trust, the certificate with its chain, and its key."""

    authority: Path
    chain: Path
    private_key: Path


def issue(folder: Path, *names: str) -> Certificate:
    """Issue a certificate for host names or IP addresses into `folder`."""
    authority = trustme.CA()
    issued = authority.issue_cert(*names)
    certificate = Certificate(folder / "ca.pem", folder / "chain.pem", folder / "key.pem")
    authority.cert_pem.write_to_path(certificate.authority)
    for number, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(certificate.chain, append=number > 0)
    issued.private_key_pem.write_to_path(certificate.private_key)
    return certificate
