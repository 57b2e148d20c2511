"""Rate limit buckets as discord.py and discord.js see them."""

import pytest

from discord_sandbox.ratelimits import Mode, RateLimits

SEND = ("POST", "/channels/{channel_id}/messages")
EDIT = ("PATCH", "/channels/{channel_id}/messages/{message_id}")
REACT = ("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me")
UNREACT = ("DELETE", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}")
FETCH = ("GET", "/channels/{channel_id}/messages/{message_id}")
HOOK = ("POST", "/webhooks/{webhook_id}/{webhook_token}")
ANSWER = ("POST", "/interactions/{interaction_id}/{interaction_token}/callback")
RAIDS = {"channel_id": "1", "message_id": "9"}
CHAT = {"channel_id": "2", "message_id": "9"}


@pytest.mark.parametrize(
    ("route", "passing", "window"),
    [(SEND, 5, 5.0), (EDIT, 5, 5.0), (REACT, 1, 0.25), (UNREACT, 1, 0.25), (HOOK, 5, 2.0)],
)
@pytest.mark.parametrize(("mode", "faster"), [(Mode.STRICT, 1), (Mode.SCALED, 10)])
def test_a_bucket_fills_and_empties(
    route: tuple[str, str], passing: int, window: float, mode: Mode, faster: int
) -> None:
    limits = RateLimits(mode)
    window /= faster

    verdicts = [limits.take(*route, RAIDS, now=100.0) for _ in range(passing + 1)]

    assert [verdict.retry_after for verdict in verdicts] == [None] * passing + [pytest.approx(window)]
    assert limits.take(*route, RAIDS, now=100.0 + window * 0.9).retry_after == pytest.approx(window * 0.1)
    assert limits.take(*route, RAIDS, now=100.0 + window).retry_after is None


def test_channels_and_kinds_of_calls_have_buckets_of_their_own() -> None:
    limits = RateLimits(Mode.STRICT)
    for _ in range(5):
        limits.take(*SEND, RAIDS, now=1.0)

    assert limits.take(*SEND, RAIDS, now=1.0).retry_after is not None
    assert limits.take(*SEND, CHAT, now=1.0).retry_after is None
    assert limits.take(*EDIT, RAIDS, now=1.0).retry_after is None


def test_edits_can_be_counted_over_the_seconds_just_past() -> None:
    limits = RateLimits(Mode.STRICT, sliding_edits=True)
    for at in (0.0, 4.0, 4.0, 4.0, 4.0):
        last = limits.take(*EDIT, RAIDS, now=at)

    assert (last.headers["X-RateLimit-Remaining"], last.headers["X-RateLimit-Reset-After"]) == ("0", "1.000")
    assert limits.take(*EDIT, RAIDS, now=4.5).retry_after == pytest.approx(0.5)
    assert limits.take(*EDIT, RAIDS, now=5.0).retry_after is None
    assert limits.take(*EDIT, RAIDS, now=5.5).retry_after == pytest.approx(3.5)
    assert limits.take(*EDIT, CHAT, now=5.5).retry_after is None
    assert [limits.take(*SEND, RAIDS, now=at).retry_after for at in (0.0, 4.0, 4.0, 4.0, 4.0, 5.0, 5.0)] == [None] * 7


def test_all_reactions_of_a_channel_share_a_bucket() -> None:
    limits = RateLimits(Mode.STRICT)

    added = limits.take(*REACT, RAIDS, now=1.0)
    removed = limits.take(*UNREACT, RAIDS, now=1.1)

    assert removed.retry_after == pytest.approx(0.15)
    assert added.headers["X-RateLimit-Bucket"] == removed.headers["X-RateLimit-Bucket"]


def test_headers_say_what_is_left() -> None:
    limits = RateLimits(Mode.STRICT)
    limits.take(*SEND, RAIDS, now=1000.0)

    verdict = limits.take(*SEND, RAIDS, now=1001.5)

    bucket = verdict.headers["X-RateLimit-Bucket"]
    assert verdict.headers == {
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "3",
        "X-RateLimit-Reset": "1005.000",
        "X-RateLimit-Reset-After": "3.500",
        "X-RateLimit-Bucket": bucket,
    }
    assert bucket != limits.take(*EDIT, RAIDS, now=1001.5).headers["X-RateLimit-Bucket"]


def test_a_refusal_carries_what_clients_need() -> None:
    limits = RateLimits(Mode.STRICT)
    limits.take(*REACT, RAIDS, now=1.0)

    refused = limits.take(*REACT, RAIDS, now=1.0)

    assert refused.body() == {"message": "You are being rate limited.", "retry_after": 0.25, "global": False}
    assert refused.headers["Via"]
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert limits.refused == {"PUT " + REACT[1]: 1}


def test_the_whole_bot_has_fifty_requests_a_second() -> None:
    limits = RateLimits(Mode.STRICT)
    for channel in range(50):
        assert limits.take(*FETCH, {"channel_id": str(channel)}, now=1.0).retry_after is None

    refused = limits.take(*FETCH, {"channel_id": "51"}, now=1.5)

    assert refused.retry_after == pytest.approx(0.5)
    assert refused.body()["global"] is True
    assert (refused.headers["X-RateLimit-Global"], refused.headers["X-RateLimit-Scope"]) == ("true", "global")
    assert limits.take(*ANSWER, {}, now=1.5).retry_after is None
    assert limits.take(*HOOK, {"webhook_token": "a"}, now=1.5).retry_after is None
    assert limits.take(*FETCH, {"channel_id": "51"}, now=2.0).retry_after is None


def test_switched_off_nothing_is_refused_but_everything_counted() -> None:
    limits = RateLimits(Mode.OFF)

    verdicts = [limits.take(*REACT, RAIDS, now=1.0) for _ in range(200)]

    assert all(verdict.retry_after is None and not verdict.headers for verdict in verdicts)
    assert limits.passed == {"PUT " + REACT[1]: 200}
