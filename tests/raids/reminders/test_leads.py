"""Leads as they are typed, said and stored."""

import pytest

from raidbot.raids.reminders.leads import (
    LeadOutOfRange,
    Leads,
    ReminderLead,
    TooManyLeads,
    UnknownLead,
    leads_of_codes,
    parse_leads,
    read_leads,
    spoken,
    typed,
    written,
)

FEW: Leads = (ReminderLead(days=1), ReminderLead(120), ReminderLead(10))


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("1 day, 2 hours, 10 min", FEW),
        ("10m and 2h; 1d", FEW),
        ("1 day before, 2 hrs before\n10 minutes", FEW),
        ("10, 10 min, 10m", (ReminderLead(10),)),
        ("1 hour 30 min, 1.5 hours", (ReminderLead(90),)),
        ("ten minutes; half an hour", (ReminderLead(30), ReminderLead(10))),
        ("2 weeks", (ReminderLead(days=14),)),
        ("36 hours", (ReminderLead(36 * 60),)),
        ("30 days", (ReminderLead(days=30),)),
        ("off", ()),
        ("  ", ()),
        ("0", ()),
    ],
)
def test_leads_are_read_as_people_type_them(text: str, leads: Leads) -> None:
    assert parse_leads(text, limit=5) == leads
    assert parse_leads(typed(leads), limit=5) == leads
    assert read_leads(written(leads), limit=5) == leads


@pytest.mark.parametrize(
    "text", ["soon", "-1 day", "1.5 days", "1 day 2 hours", "-5 min", "1 2", "1h 2h", "10m 2h", "x" * 99]
)
def test_what_is_not_understood_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UnknownLead, match="For example: 1 day"):
        parse_leads(text, limit=5)


@pytest.mark.parametrize("text", ["0 min", "0 days", "31 days", "721 hours", "999999 weeks", "1 month"])
def test_what_is_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(LeadOutOfRange, match="30 days"):
        parse_leads(text, limit=5)


@pytest.mark.parametrize("limit", [3, 5])
def test_one_more_than_the_limit_is_refused_with_the_number(limit: int) -> None:
    codes = [f"{minutes}m" for minutes in range(1, limit + 2)]

    assert len(leads_of_codes(codes[:limit], limit=limit)) == limit
    with pytest.raises(TooManyLeads, match=f"{limit + 1} are too many: {limit} reminders at most"):
        leads_of_codes(codes, limit=limit)


def test_leads_are_said_in_words() -> None:
    assert spoken(FEW) == "1 day, 2 hours and 10 minutes before"
    assert spoken((ReminderLead(90),)) == "90 minutes before"
    assert spoken(()) == "off"
