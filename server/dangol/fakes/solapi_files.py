"""Files that SOLAPI keeps for messages: `POST /storage/v1/files`, after solapi-python `model/request/storage.py`."""

from base64 import b64decode

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from dangol.fakes.door import Refused, body_of, json
from dangol.fakes.world import new_id

LARGEST = {"MMS": 200_000, "KAKAO": 500_000}
LARGEST_BRAND = 5_000_000


class File(Struct):
    """A file in base64, and what it is for."""

    file: str
    type: str


async def kept(request: Request) -> Response:
    """The id of a file that is taken in; the file itself nobody asks for. Raises `Refused`."""
    try:
        file = msgspec.json.decode(await body_of(request), type=File)
        size = len(b64decode(file.file, validate=True))
    except ValueError as error:
        raise Refused(400, "ValidationError", str(error)) from None
    if not 0 < size <= LARGEST.get(file.type, LARGEST_BRAND):
        raise Refused(400, "ValidationError", f"file: {size} bytes are too many for {file.type}")
    name = new_id("ST01FZ")
    return json({"fileId": name, "type": file.type, "name": name, "originalName": name, "url": "", "accountId": ""})
