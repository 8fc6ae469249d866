"""What may be left in HTML that is shown to an agent, and a judge of it."""

from html.parser import HTMLParser

TAGS = frozenset(
    """a abbr address article b big blockquote br caption center cite code dd del details div dl
    dt em fieldset figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main
    mark nav ol p pre q s samp section small span strike strong sub summary sup table tbody td
    tfoot th thead tr tt u ul var wbr""".split()  # noqa: SIM905  a list of 70 would fill a page
)
ATTRIBUTES = frozenset(
    {"align", "alt", "bgcolor", "border", "color", "colspan", "dir", "face", "height", "href"}
    | {"rel", "rowspan", "size", "src", "start", "style", "target", "valign", "width"}
)
FORBIDDEN_STYLE = ("url", "expression", "@", "\\", "position", "behavior", "binding", "image", "-")


class Judge(HTMLParser):
    """Collects the tags of a page, and what it has that may not be shown."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge a tag by the lists of what is harmless."""
        self.tags.append((tag, sorted(attrs)))
        if tag not in TAGS:
            self.faults.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES or not harmless(name, value or ""):
                self.faults.append(f"{tag} {name}={value}")


def judged(html: str) -> Judge:
    """Judge a whole page."""
    judge = Judge()
    judge.feed(html)
    judge.close()
    return judge


def harmless(name: str, value: str) -> bool:
    """Say whether an attribute fetches nothing and runs nothing."""
    if name == "src":
        return value.lower().startswith("cid:")
    if name == "href":
        return value.lower().startswith(("https:", "http:", "mailto:"))
    if name == "style":
        values = value.replace("-color", "").replace("font-", "").replace("text-", "")
        return not any(bad in values for bad in FORBIDDEN_STYLE)
    return ":" not in value
