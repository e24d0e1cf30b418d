import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dangol.errors import Invalid
from dangol.settings import Settings


def test_settings_come_from_variables_with_the_prefix() -> None:
    given = {"DANGOL_PORT": "9", "DANGOL_RATE_LIMIT": "0.5", "DANGOL_ALLOW_PRIVATE_WEBHOOKS": "true", "PORT": "1"}
    settings = Settings.load(given)
    assert (settings.port, settings.rate_limit, settings.allow_private_webhooks) == (9, 0.5, True)
    assert Settings.load({}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DANGOL_PORT", "http"),
        ("DANGOL_PORT", "65536"),
        ("DANGOL_PORT", "-1"),
        ("DANGOL_RATE_LIMIT", "0"),
        ("DANGOL_RATE_LIMIT", "nan"),
        ("DANGOL_RETENTION_DAYS", "0"),
        ("DANGOL_LOG_HOURS", "soon"),
        ("DANGOL_LOG_LEVEL", "loud"),
        ("DANGOL_COUNTRY_HEADER", "X-Country: KR"),
        ("DANGOL_TRUSTED_PROXIES", "*"),
        ("DANGOL_TRUSTED_PROXIES", "127.0.0.1, proxy.example"),
        ("DANGOL_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("DANGOL_ALLOW_PRIVATE_WEBHOOKS", "perhaps"),
    ],
)
def test_a_wrong_value_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        Settings.load({variable: value})
    assert [problem.where for problem in refused.value.problems] == [variable]


def test_proxies_are_addresses_and_networks() -> None:
    given = "127.0.0.1, 10.0.0.0/8,2001:db8::/32"
    assert Settings.load({"DANGOL_TRUSTED_PROXIES": given}).trusted_proxies == given


def test_every_problem_is_told_at_once_and_slips_are_named() -> None:
    with pytest.raises(Invalid, match="environment: DANGOL_PROT: '1' is not a setting; there are redis_url") as refused:
        Settings.load({"DANGOL_PROT": "1", "DANGOL_PORT": "x"})
    assert {problem.where for problem in refused.value.problems} == {"DANGOL_PROT", "DANGOL_PORT"}


def test_variables_of_tools_around_dangol_are_left_alone() -> None:
    assert Settings.load({"DANGOL_CHROMIUM": "/usr/bin/chromium"}) == Settings()


def test_every_setting_is_described() -> None:
    lines = Settings.describe()
    assert len(lines) == len(Settings.__struct_fields__)
    for line, name in zip(lines, Settings.__struct_fields__, strict=True):
        assert line.startswith(f"DANGOL_{name.upper()}")
        assert len(line.split(maxsplit=2)[2]) > 10


def test_a_short_secret_is_refused_without_being_shown() -> None:
    with pytest.raises(Invalid, match="32 characters") as refused:
        Settings(secret="short-secret").master_secret()
    assert "short-secret" not in str(refused.value)


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path / "new" / "folder"))
    secret = settings.master_secret()
    assert settings.master_secret() == secret
    assert len(secret) >= 32
    file = tmp_path / "new" / "folder" / "secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Settings(data_dir=str(tmp_path)).master_secret() != secret


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    settings = [Settings(data_dir=str(tmp_path / str(number))) for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        for each in settings:
            assert len(set(pool.map(Settings.master_secret, [each] * 8))) == 1
            assert os.listdir(each.data_dir) == ["secret"]
