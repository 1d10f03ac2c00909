"""The number of the page on verdicts, and rows whose verdict depends on how a claim is taken apart."""

from experiments import claims
from experiments.experiment import NO, PARTLY, YES
from experiments.intervals import mostly, wilson
from facts import percent


def numbers() -> dict[str, str]:
    return {"four-of-five": percent(float(wilson(4, 5)[0]))}


def status(paper: str, words: str) -> str:
    """Of the one row of a paper whose claim has these words."""
    (row,) = (row for row in claims.rows() if row["paper"] == paper and words in row["text"])
    return row["status"]


def check_five_of_five_succeed_and_four_do_not() -> None:
    assert mostly(5, 5)
    assert not mostly(4, 5)


def check_what_holds_at_another_rate_or_size_only_is_in_part() -> None:
    assert status("pascanu2013", "Plain descent fails") == PARTLY
    assert status("wang2024", "destroy a long memory") == PARTLY
    assert status("pascanu2013", "at every length") == PARTLY
    assert status("mikhaeil2022", "Sparse forcing") == PARTLY  # on one chaotic system of two


def check_what_our_seeds_leave_open_is_not_reproduced() -> None:
    assert status("jozefowicz2015", "forget bias") == NO
    assert status("pascanu2013", "sigmoid") == NO


def check_a_bound_that_grows_is_no_error_that_grows() -> None:
    assert status("cayci2025", "Where memory is short") == YES
    assert {status("cayci2025", f"longer the memory of a {what}") for what in ("policy", "critic")} == {NO}


def check_no_row_scores_a_proof() -> None:
    assert not [row for row in claims.rows() if "prove" in row["theirs"]]
