"""What the recorder writes: drafted with the agenda, and kept to what a document can hold."""

import pytest
from pydantic import ValidationError

from scheduler.records.minutes import Discussed, Minutes, Resolution, with_agenda

AGENDA = [("a1", "果树修剪", "农技站"), ("a2", "下月安排", "")]


def test_the_first_draft_has_a_section_for_each_item_of_the_agenda() -> None:
    drafted = with_agenda(Minutes(), AGENDA)
    assert [(one.item, one.title, one.speaker) for one in drafted.discussion] == AGENDA


def test_a_section_that_the_recorder_took_out_does_not_come_back() -> None:
    kept = Minutes(discussion=(Discussed(item="a2", title="下月安排"),))
    assert with_agenda(kept, AGENDA) == kept


@pytest.mark.parametrize("text", ["\0", "a\x07b", "\ud800"])
def test_what_no_document_can_hold_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Minutes(place=text)


def test_spaces_at_the_ends_of_lines_are_left_out() -> None:
    [one] = Minutes(resolutions=(Resolution(text="\n一　\n  二 \n"),)).resolutions
    assert one.text == "一\n  二"


def test_a_resolution_says_something() -> None:
    with pytest.raises(ValidationError):
        Resolution(text="")
