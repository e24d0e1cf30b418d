"""Files that SOLAPI keeps for messages: `POST /storage/v1/files`, after solapi-python `model/request/storage.py`."""

from base64 import b64decode

import msgspec
from msgspec import Struct

from dangol.fakes.door import Refused
from dangol.fakes.world import new_id

LARGEST = {"MMS": 200_000, "KAKAO": 500_000}
LARGEST_BRAND = 5_000_000


class File(Struct):
    """A file in base64, and what it is for."""

    file: str
    type: str


def file_of(body: bytes) -> tuple[str, bytes, dict[str, str]]:
    """The id of a file that is taken in, the file, and the answer. Raises `Refused`."""
    try:
        file = msgspec.json.decode(body, type=File)
        content = b64decode(file.file, validate=True)
    except ValueError as error:
        raise Refused(400, "ValidationError", str(error)) from None
    if not 0 < len(content) <= LARGEST.get(file.type, LARGEST_BRAND):
        raise Refused(400, "ValidationError", f"file: {len(content)} bytes are too many for {file.type}")
    name = new_id("ST01FZ")
    told = {"fileId": name, "type": file.type, "name": name, "originalName": name, "url": "", "accountId": ""}
    return name, content, told
