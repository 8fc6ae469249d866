"""The verdict on a mail that its author's own host brought us: SPF, DKIM and DMARC checked by us.

Whom it is about is the one clean From address and nothing else (RFC 9989 section 4.4).
"""

from gateway.mail.authenticity import dmarc, sender_policy, signatures
from gateway.mail.authenticity.dmarc import Walk
from gateway.mail.authenticity.evidence import Evidence
from gateway.mail.authenticity.questions import Answers, Inquiry
from gateway.mail.authenticity.sender_policy import SenderPolicy
from gateway.mail.authenticity.signatures import Checked
from gateway.mail.model import Authenticity, Verdict


def examine(evidence: Evidence, answers: Answers) -> Inquiry[Authenticity]:
    """Give the verdict on a mail's author.

    PASS is a DMARC pass or, where the domain has no DMARC record, a valid signature of the
    author's organisation. FAIL is a DMARC record that nothing satisfies. Where anything that
    could matter gave no answer, the verdict is neither.
    """
    author = evidence.mail.author
    if author is None:
        return Authenticity(Verdict.UNKNOWN, f"no author to verify: {evidence.mail.author_problem}")
    domain = author.address.rpartition("@")[2]
    walked = yield from dmarc.walk(domain, answers)
    if not walked.certain and walked.policy is None:
        return Authenticity(Verdict.UNKNOWN, f"the DNS does not say what {domain} demands (DMARC)")
    record = walked.policy
    signed, signatures_certain = yield from _signed(evidence, walked, answers)
    valid = next((one for one in signed if one.valid), None)
    if valid is not None:
        said = "DMARC pass" if record else "no DMARC record, but a valid signature"
        return Authenticity(
            Verdict.PASS,
            f"{said} for {domain}: signed by {valid.domain} (DKIM selector {valid.selector})",
        )
    why_not = "; ".join(f"signature of {one.domain}: {one.problem}" for one in signed)
    why_not = why_not or f"no signature of {domain}"
    if record is None:
        return Authenticity(Verdict.UNKNOWN, f"{domain} has no DMARC record; {why_not}")
    policy, sent_for = yield from _sent(evidence, walked, answers)
    if sent_for and policy.result == "pass":
        peer = evidence.envelope.peer
        return Authenticity(
            Verdict.PASS,
            f"DMARC pass for {domain}: {policy.domain} lets {peer} send its mail (SPF)",
        )
    why_not += f"; SPF {policy.result} for {policy.domain or 'no domain'}"
    certain = signatures_certain and policy.result != "temperror" and sent_for is not None
    if not certain or not walked.certain:
        return Authenticity(Verdict.UNKNOWN, f"DMARC of {domain} cannot be decided: {why_not}")
    if policy.result == "pass":
        why_not += ", which is not the author's"
    return Authenticity(Verdict.FAIL, f"DMARC fail for {domain}: {why_not}")


def _signed(
    evidence: Evidence, walked: Walk, answers: Answers
) -> Inquiry[tuple[list[Checked], bool]]:
    """Give the signatures of the author's organisation, and whether nothing about them is open."""
    strict = walked.policy is not None and walked.policy.strict_dkim
    checked = yield from signatures.check(
        evidence.content,
        evidence.received_at,
        lambda domain: dmarc.may_align(walked.domain, domain),
        answers,
    )
    aligned: list[Checked] = []
    certain = True
    for one in checked:
        speaks = yield from dmarc.aligned(walked, one.domain, answers, strict=strict)
        if speaks:
            aligned.append(one)
            certain = certain and one.certain
        elif speaks is None:
            certain = False
    return aligned, certain


def _sent(
    evidence: Evidence, walked: Walk, answers: Answers
) -> Inquiry[tuple[SenderPolicy, bool | None]]:
    """Give what SPF says, and whether its domain is the author's; None if nobody knows."""
    policy = yield from sender_policy.check(evidence.envelope, answers)
    if not policy.domain:
        return policy, False
    strict = walked.policy is not None and walked.policy.strict_spf
    aligned = yield from dmarc.aligned(walked, policy.domain, answers, strict=strict)
    return policy, aligned
