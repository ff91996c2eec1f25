"""The rules by their articles (Branch Work Regulations 2018), and what a place may choose."""

from datetime import date
from pathlib import Path

import pytest

from config.settings import ConfigError, Rules, Settings
from scheduler.directory.model import UNIT_KINDS
from scheduler.meetings.model import MeetingType
from scheduler.rules.limits import may, may_vote, satisfies
from scheduler.rules.model import Act, Base, Convener, Mark, Obligation, VoteKind, Who
from scheduler.rules.periods import Period
from scheduler.rules.rulebook import election_base, rules_on
from scheduler.rules.table import TYPES, VOTES

DAY = date(2026, 11, 23)


def test_art_11_a_member_assembly_is_due_once_a_quarter_for_all_members() -> None:
    rule = rules_on(DAY)["member_assembly"]
    assert rule.obligation == Obligation(period=Period.QUARTER, at_least=1)
    assert (rule.who, rule.source.mark, rule.source.article) == (Who.MEMBERS, Mark.LAW, "11")
    assert rule.votes == set(VoteKind)


def test_art_12_a_committee_meets_once_a_month_with_half_of_its_members() -> None:
    rule = rules_on(DAY)["branch_committee_meeting"]
    assert rule.obligation == Obligation(period=Period.MONTH, at_least=1)
    assert rule.who is Who.COMMITTEE
    assert rule.quorum is not None
    assert rule.quorum.share.least(5) == 3
    assert rule.quorum.share.least(4) == 2
    assert rule.quorum.source.article == "12"


def test_art_13_a_group_meets_once_a_month_without_a_quorum() -> None:
    rule = rules_on(DAY)["group_meeting"]
    assert rule.obligation == Obligation(period=Period.MONTH, at_least=1)
    assert (rule.who, rule.quorum, rule.source.article) == (Who.GROUP, None, "13")


def test_art_14_the_secretary_convenes_assemblies_and_committees() -> None:
    rules = rules_on(DAY)
    assert rules["member_assembly"].convenes is Convener.SECRETARY
    assert rules["branch_committee_meeting"].convenes is Convener.SECRETARY
    assert rules["group_meeting"].convenes is Convener.GROUP_LEADER


def test_every_type_of_meeting_has_a_rule_with_its_source() -> None:
    rules = rules_on(DAY)
    assert set(rules) == set(MeetingType)
    assert all(rule.source.text for rule in rules.values())


def test_before_the_regulation_was_in_force_it_is_not_applied() -> None:
    assert rules_on(date(2018, 10, 27)) == {}
    assert len(rules_on(date(2018, 10, 28))) == len(MeetingType)


def test_on_no_day_has_a_type_or_a_vote_two_rules() -> None:
    for day in (date(2019, 1, 1), DAY, date(2040, 1, 1)):
        types = [rule.type for rule in TYPES if rule.source.holds(day)]
        assert len(types) == len(set(types))
    assert {rule.kind for rule in VOTES} == set(VoteKind)


def test_admission_probation_and_election_are_secret() -> None:
    secret = {rule.kind for rule in VOTES if rule.secret}
    assert secret == {VoteKind.ADMISSION, VoteKind.PROBATION, VoteKind.ELECTION}
    assert {rule.kind for rule in VOTES if rule.written} == {VoteKind.ADMISSION, VoteKind.PROBATION}


@pytest.mark.parametrize("act", Act)
def test_a_network_branch_does_not_admit_discipline_collect_dues_or_elect(act: Act) -> None:
    assert not may("network_branch", act)
    assert may("branch", act)


def test_a_network_branch_votes_on_general_questions_only() -> None:
    assert [kind for kind in VoteKind if may_vote("network_branch", kind)] == [VoteKind.GENERAL]
    assert [kind for kind in VoteKind if may_vote("branch", kind)] == list(VoteKind)


@pytest.mark.parametrize("kind", UNIT_KINDS["admin"])
def test_a_unit_of_the_administration_admits_and_elects_nobody(kind: str) -> None:
    assert not any(may(kind, act) for act in Act)


def test_a_network_meeting_never_satisfies_an_obligation_of_the_home_branch() -> None:
    assert not satisfies("branch", MeetingType.NETWORK_BRANCH_MEETING)
    assert satisfies("network_branch", MeetingType.NETWORK_BRANCH_MEETING)
    assert not satisfies("network_branch", MeetingType.MEMBER_ASSEMBLY)
    assert satisfies("branch", MeetingType.MEMBER_ASSEMBLY)


def test_a_place_chooses_its_local_rules_and_no_law() -> None:
    local = Rules(
        lecture_period="month",
        theme_day_at_least=0,
        network_period="month",
        network_at_least=2,
        lecture_makeup_days=14,
        assembly_makeup_days=0,
        election_majority_of="present",
        video_does_not_count=("member_assembly",),
    )
    rules, usual = rules_on(DAY, local), rules_on(DAY)
    assert rules["party_lecture"].obligation == Obligation(period=Period.MONTH, at_least=1)
    assert rules["party_lecture"].makeup_due_days == 14
    assert rules["theme_party_day"].obligation is None
    assert rules["network_branch_meeting"].obligation == Obligation(period=Period.MONTH, at_least=2)
    assert rules["member_assembly"].makeup_due_days is None
    assert not rules["member_assembly"].video_counts
    assert rules["party_lecture"].video_counts
    assert election_base(local) is Base.PRESENT
    for name, rule in usual.items():
        if rule.source.mark is Mark.LAW:
            assert rules[name].obligation == rule.obligation
            assert rules[name].quorum == rule.quorum


@pytest.mark.parametrize("text", ["assembly_period = 'year'", "general_quorum = 1", "lectures = 2"])
def test_a_law_or_an_unknown_rule_in_the_settings_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "liancun.toml"
    file.write_text(f"[rules]\n{text}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=f"rules.{text.split()[0]}"):
        Settings.load(file)
