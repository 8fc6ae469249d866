"""What a run says: tables for people, one object for programs."""

from bench.goals import judged
from bench.plan import Plan
from bench.samples import Plain, Samples, plain, rounded


def described(samples: Samples, facts: Plain, plan: Plan, seconds: float) -> Plain:
    """Give everything for JSON: facts, medians by name, goals, and each round's figures."""
    goals = [
        {
            "goal": goal.name,
            "measured": rounded(goal.measured),
            "bound": goal.bound,
            "met": goal.met,
        }
        for goal in judged(samples)
    ]
    run = {"rounds": plan.rounds, "mails": plan.mails, "seconds": round(seconds)}
    return {**facts, **run, **samples.nested(), "goals": goals, "samples": plain(samples.rounds)}


def tables(samples: Samples) -> str:
    """Give the medians with their spread, and the goals, as text."""
    lines = ["", f"{'figure':44} {'median':>10} {'least':>10} {'most':>10}"]
    for name, figures in samples.rounds.items():
        numbers = (samples.median(name) or 0.0, min(figures), max(figures))
        lines.append(f"{name:44} " + " ".join(f"{rounded(one):>10g}" for one in numbers))
    lines += ["", f"{'goal':74} {'measured':>9} {'bound':>14}"]
    for goal in judged(samples):
        verdict = "met" if goal.met else "MISSED"
        measured = rounded(goal.measured)
        lines.append(f"{goal.name:74} {measured:>9g} {goal.bound:>14} {verdict}")
    return "\n".join(lines)
