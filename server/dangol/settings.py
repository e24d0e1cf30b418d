"""Every setting, in one typed table. Each is read from the environment as ``DANGOL_<NAME>``."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from dangol.errors import Invalid, Problem

PREFIX = "DANGOL_"
OTHERS = {"DANGOL_CHROMIUM"}
"""Set for the browser tests, not for dangol itself."""


class Settings(Struct, frozen=True, kw_only=True):
    """What an operator may set. An unknown ``DANGOL_`` variable is an error, so that no typing slip goes unseen."""

    redis_url: Annotated[str, Meta(description="redis://, rediss:// or unix:// address; empty: the embedded store")] = (
        ""
    )
    data_dir: Annotated[str, Meta(description="folder of the embedded store and the master secret")] = ".dangol"
    host: Annotated[str, Meta(description="address that the server listens on")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="port that the server listens on")] = 8000
    public_url: Annotated[
        str,
        Meta(
            pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*)?\Z",
            max_length=100,
            description="address under which shoppers reach this server, for the links in messages; empty: links are"
            " not shortened",
        ),
    ] = ""
    secret: Annotated[str, Meta(description="master secret, 32 characters or more; empty: <data_dir>/secret")] = ""
    rate_limit: Annotated[
        float, Meta(gt=0, description="requests a second that one address may send to /v1/events")
    ] = 50
    retention_days: Annotated[
        int, Meta(ge=1, le=3650, description="days without a visit after which a profile goes")
    ] = 400
    log_hours: Annotated[
        float,
        Meta(
            gt=0,
            description="hours that an event stays in the log once every job has it; new conditions on behaviour and"
            " dry runs look back as far",
        ),
    ] = 168
    push_days: Annotated[int, Meta(ge=1, le=3650, description="days that a finished push request can be looked up")] = (
        90
    )
    # Checked and described here; the webhook channel reads the variable itself, since plugins see no settings.
    allow_private_webhooks: Annotated[
        bool,
        Meta(description="let webhooks, link checks, product feeds and pages reach private and loopback addresses"),
    ] = False
    trusted_proxies: Annotated[
        str, Meta(description="addresses and networks whose X-Forwarded-For is believed, comma-separated")
    ] = ""
    country_header: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9-]{0,60}\Z",
            description="header with a browser's country, set by the proxy in front, such as CF-IPCountry; empty: none",
        ),
    ] = ""
    log_level: Annotated[str, Meta(pattern="^(debug|info|warning|error)\\Z", description="how much is logged")] = "info"

    def __post_init__(self) -> None:
        """Raises ValueError; what is no address would be trusted as a name, and `*` would trust anybody."""
        for part in filter(None, self.trusted_proxies.split(",")):
            try:
                ip_network(part.strip())
            except ValueError as error:
                raise ValueError(f"addresses or networks such as 10.0.0.0/8, comma-separated ({error})") from None

    @classmethod
    def load(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of this process. Raises `Invalid` naming each variable that is unknown or of a wrong type."""
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX) and name not in OTHERS
        }
        problems = [
            Problem(PREFIX + name.upper(), given[name], f"a setting; there are {', '.join(cls.__struct_fields__)}")
            for name in given.keys() - set(cls.__struct_fields__)
        ]
        for name in given.keys() & set(cls.__struct_fields__):
            try:
                msgspec.convert({name: given[name]}, cls, strict=False)
            except msgspec.ValidationError as error:
                problems.append(Problem(PREFIX + name.upper(), given[name], str(error)))
        if problems:
            raise Invalid(problems, "environment")
        return msgspec.convert(given, cls, strict=False)

    @classmethod
    def describe(cls) -> list[str]:
        """One line for each setting: its variable, its default, what it is."""
        schema = msgspec.json.schema(cls)["$defs"]["Settings"]["properties"]
        return [
            f"{PREFIX}{name.upper():24} {about.get('default')!r:12} {about.get('description', '')}"
            for name, about in schema.items()
        ]

    def master_secret(self) -> bytes:
        """The secret that all keys are derived from; made once where none is set. Raises `Invalid` for a short one."""
        secret = self.secret or self._secret_file()
        if len(secret) < 32:
            raise Invalid(
                [Problem(f"DANGOL_SECRET or {self.data_dir}/secret", "…", "a secret of at least 32 characters")]
            )
        return secret.encode()

    def _secret_file(self) -> str:
        path = Path(self.data_dir) / "secret"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            with NamedTemporaryFile("w", dir=path.parent) as file:  # nobody else may read it
                file.write(secrets.token_urlsafe(32))
                file.flush()
                with suppress(FileExistsError):  # another process was quicker; a link appears with its content or not
                    os.link(file.name, path)
        return path.read_text().strip()
