"""Accounts in the environment."""

import pytest

from dangol_plugins import accounts

OWN = "https://api.provider.example"


def test_an_address_of_ones_own_goes_before_the_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert accounts.address("SOLAPI", OWN) == OWN
    monkeypatch.setenv("SOLAPI_URL", "http://127.0.0.1:8010/solapi/")
    assert accounts.address("SOLAPI", OWN) == "http://127.0.0.1:8010/solapi"


@pytest.mark.parametrize(
    "wrong", ["ftp://x", "127.0.0.1:80", "https://user:pw@host", "https://host/?a=1", "https://h/ x"]
)
def test_an_address_that_is_none_is_told_without_its_value(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("SOLAPI_URL", wrong)
    with pytest.raises(accounts.Unset, match="SOLAPI_URL") as error:
        accounts.address("SOLAPI", OWN)
    assert wrong not in str(error.value)


@pytest.mark.parametrize("value", [None, "", "  ", "비밀", "a\nb"])
def test_a_secret_that_is_of_no_use_is_told_without_its_value(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("SOLAPI_API_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("SOLAPI_API_KEY", value)
    with pytest.raises(accounts.Unset, match="SOLAPI_API_KEY") as error:
        accounts.secret("SOLAPI", "API_KEY")
    assert not value or value not in str(error.value)
