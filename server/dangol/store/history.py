"""Profiles together with where in the log they are: what a replay of the log starts from."""

from collections.abc import Sequence

from dangol.store import keys
from dangol.store.link import Link
from dangol.store.profiles import Stored
from dangol.store.script import Script

# KEYS: log, profiles. Answers with the id of the log's last entry, then the profiles' documents.
_SNAPSHOT = Script("""
local about, answer = redis.call('XINFO', 'STREAM', KEYS[1]), {}
for i = 1, #about, 2 do
  if about[i] == 'last-generated-id' then answer[1] = about[i + 1] end
end
for i = 2, #KEYS do answer[i] = redis.call('GET', KEYS[i]) or '' end
return answer
""")


async def snapshot(link: Link, site: str, number: int, profile_ids: Sequence[str]) -> tuple[str, list[Stored]]:
    """Profiles of one partition, and the id of the log's last entry, all at one moment: a profile and the log can't
    disagree, so that entry and those before it are counted in them, and later ones are not. The log must not be empty.
    """
    names = [keys.profile(site, profile_id) for profile_id in profile_ids]
    last, *raws = await _SNAPSHOT(link, [keys.log(number), *names], [])
    return last.decode(), [Stored.parse(raw) for raw in raws]
