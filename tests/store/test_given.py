"""Which mails the people on a ticket have: theirs and ours to them, and nobody else's."""

from gateway.desk.known import KnownId
from gateway.mail.parse import parse
from gateway.store.lookup.given import read_given
from lib.workbench import Workbench, mail


def test_what_people_wrote_and_got_is_known_by_its_ids(bench: Workbench) -> None:
    """What an agent wrote, or was told, is none of theirs."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.work()
    to_jan = reply_to(bench, "jan@klant.example")
    to_ada = reply_to(bench, "ada@north.example")
    bench.deliver(
        mail(author="Ada <ada@north.example>", to=to_ada, message_id="<a@north-intern.example>"),
        recipient=to_ada,
    )
    bench.work()
    bench.deliver(mail(to=to_jan, message_id="<2@klant.example>"), recipient=to_jan)
    bench.work()

    (ticket,) = bench.rows("tickets")
    with bench.house.database.reading() as connection:
        found = read_given(connection, [ticket["id"]])
        assert {} == read_given(connection, [])
    ours = [row for row in bench.rows("outbox") if row["recipient"] == "jan@klant.example"]
    known = found[ticket["id"]]
    assert {"jan@klant.example"} == {one.given_to for one in known}
    ids = ["<1@klant.example>", *(row["message_id"] for row in ours), "<2@klant.example>"]
    assert sorted(ids) == sorted(one.message_id for one in known)
    assert KnownId("<1@klant.example>", ticket["id"], "jan@klant.example") in known


def test_an_agents_answer_stands_below_the_customers_own_mail(bench: Workbench) -> None:
    """And names no mail of the agent."""
    bench.deliver(mail(message_id="<1@klant.example>"))
    bench.work()
    to_ada = reply_to(bench, "ada@north.example")
    bench.deliver(
        mail(author="Ada <ada@north.example>", to=to_ada, message_id="<a@north-intern.example>"),
        recipient=to_ada,
    )
    bench.work()
    answer = next(row for row in bench.rows("outbox") if row["template"] == "customer/answer")
    assert "<1@klant.example>" == parse(answer["content"]).references[0]
    assert b"intern" not in answer["content"]


def reply_to(bench: Workbench, recipient: str) -> str:
    """Give the address that answers to the last mail to somebody go to."""
    (*_, last) = (row for row in bench.rows("outbox") if row["recipient"] == recipient)
    return parse(last["content"]).header("reply-to")
