import random

from hypothesis import given
from hypothesis import strategies as st

from raidbot.utils.ids import ALPHABET, CODE_LENGTH, fingerprint, new_code, normalise_code


@given(st.integers())
def test_codes_have_no_characters_that_are_easily_confused(seed: int) -> None:
    code = new_code(random.Random(seed))

    assert len(code) == CODE_LENGTH
    assert set(code) <= set(ALPHABET)
    assert not set(code) & set("IO01")


@given(st.integers(), st.sampled_from(["", " ", "\t", "\n "]))
def test_a_code_is_found_however_it_is_typed(seed: int, blank: str) -> None:
    code = new_code(random.Random(seed))

    assert normalise_code(f"{blank}{code.lower()}{blank}") == code


def test_a_text_is_known_again_by_its_mark_whatever_blanks_are_taken_off() -> None:
    assert fingerprint(" two \r\nlines ") == fingerprint("two\nlines")
    assert fingerprint("two") != fingerprint("three")
    assert len(fingerprint("x" * 4000)) == 6
