"""What leaves for a log holds no number as long as a phone, and no secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.privacy import without_personal


@pytest.mark.parametrize(
    "personal",
    [
        "13800000001", "138 0000 0001", "138-0000-0001", "+86 13800000001", "8613800000001", "１３８００００００００１",
        "450221198003150012", "45022119800315001X", "45022119800315001x", "450221800315001", "450221 19800315 0012",
    ],
)  # fmt: skip
@pytest.mark.parametrize("around", ["{}", "phone={}&x=1", "/workers/{}/list", "电话{}。", "UNIQUE failed: ('{}', 'b')"])
def test_a_number_as_long_as_a_phone_is_taken_out(personal, around):
    told = without_personal(around.format(personal))
    assert personal not in told
    assert "***" in told
    assert sum(character.isdigit() for character in told) <= 2


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer mt_abc_s3cretS3cret", "s3cretS3cret"),
        ("sent mt_abc_s3cretS3cret yesterday", "s3cretS3cret"),
        ("Cookie: matcher=s3cretS3cret; b=1", "s3cretS3cret"),
        ("{'password': 's3cretS3cret', 'a': 1}", "s3cretS3cret"),
        ("name=a&password=s3cretS3cret&b=2", "s3cretS3cret"),
        ("postgresql://office:s3cretS3cret@db/matcher", "s3cretS3cret"),
        ("Basic b2ZmaWNlOmh1bnRlcjI=", "b2ZmaWNl"),
    ],
)
def test_a_secret_is_taken_out(text, secret):
    assert secret not in without_personal(text)


@pytest.mark.parametrize(
    "text",
    ["", "2018-06-01", "demo-450206-w000031", "450206100201", "/api/v1/workers/<worker_id>", "3000人", "0.123456789"],
)
def test_what_is_no_persons_stays(text):
    # Twelve digits are a village's code and as long as a phone: taken out rather than risked.
    assert without_personal(text) == ("***" if text == "450206100201" else text)


@given(st.text(), st.integers(min_value=10**10, max_value=10**17), st.text())
def test_no_run_of_eleven_digits_survives(before, number, after):
    told = without_personal(f"{before}{number}{after}")
    assert str(number) not in told
