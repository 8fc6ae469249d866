"""Where a desk's defects can be read about."""

from collections.abc import Iterator

from gateway.config.references import References
from gateway.config.web_address import is_web_address
from gateway.errors import Finding

NUMBER = "{number}"
"""What stands in `Desk.defect_url` for a defect's number."""

_MOST = 200


def check(names: References) -> Iterator[Finding]:
    """Find what is no web address of a defect."""
    url = names.desk.defect_url
    if not url:
        return
    if len(url) > _MOST or url.count(NUMBER) != 1 or not is_web_address(url.replace(NUMBER, "1")):
        message = (
            '"defect_url" must be a web address with {number} in it once, '
            'such as "https://bugs.desk.example/{number}"'
        )
        yield names.file.finding(message, "defect_url")
