"""What a request asks once: asked anew outside of one, and as soon as the request changes it."""

from __future__ import annotations

from kitabxana.base.request_memory import remember_no_more, remembered, remembering

asked: list[int] = []


def question() -> int:
    asked.append(1)
    return len(asked)


def test_a_request_asks_once_and_the_next_one_anew() -> None:
    asked.clear()
    with remembering():
        assert [remembered(question), remembered(question)] == [1, 1]
    with remembering():
        assert remembered(question) == 2
    assert [remembered(question), remembered(question)] == [3, 4]


def test_a_request_that_changes_the_answer_remembers_no_more_of_it_and_the_next_one_does() -> None:
    asked.clear()
    with remembering():
        assert remembered(question) == 1
        remember_no_more()
        assert [remembered(question), remembered(question)] == [2, 3]
    with remembering():
        assert [remembered(question), remembered(question)] == [4, 4]
