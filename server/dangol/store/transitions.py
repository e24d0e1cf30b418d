"""The scripts that move rows of the outbox from state to state, many at once, with the counts of each state.

All names are made from the tag of a partition, which the first key has, so a script stays within one slot. A row's
fields stand where `Row` has them. claimed and sending count as queued, so that what is under way is counted once.
"""

from dangol.messages.push import Push
from dangol.store.rows import BEHIND, BULK, KEY_LENGTH, Row
from dangol.store.script import Script

HISTORY = 50
"""Requests that a recipient's history remembers."""

_FIELDS = Row.__struct_fields__[:-1]
_NAMES = ", ".join(name.upper() for name in _FIELDS)
_PLACES = f"local {_NAMES} = {', '.join(str(at + 2) for at in range(len(_FIELDS)))}"
_SLOT = Push.__struct_fields__.index("slot") + 1
_PREFIX = "".join(f"\\{byte:03d}" for byte in (0xDC, 0, len(_FIELDS) + 1))

# `load` gives the row's fields and in `rest` its request; `wait` makes it due at another time, behind what is sent to
# many or before it as ever; `change` moves it and its count; `flush` writes the counts, and of what there are any on
# that day.
_SHARED = (
    f"""
{_PLACES}
local tag, SIZE, PREFIX = string.sub(KEYS[1], 1, 4), {len(_FIELDS)}, '{_PREFIX}'
local KEY, HISTORY, BEHIND, SLOT = {KEY_LENGTH}, {HISTORY}, {BEHIND:.0f}, {_SLOT}
local BULK = {{{", ".join(f"{origin} = true" for origin in BULK)}}}
"""
    + """
local function row_name(key) return tag .. 'push:' .. key end
local function parse(value)
  local row = {cmsgpack.unpack_limit(value, SIZE, 3)}
  row.rest = string.sub(value, row[1] + 1)
  return row
end
local function load(key)
  local value = redis.call('GET', row_name(key))
  return value and parse(value)
end
local function wait(key, at)
  local former = tonumber(redis.call('ZSCORE', KEYS[1], key) or 0)
  redis.call('ZADD', KEYS[1], at + (former >= BEHIND and BEHIND or 0), key)
end
local function wait_anew(key, at, row)
  redis.call('ZADD', KEYS[1], at + (BULK[cmsgpack.unpack(row.rest)[4]] and BEHIND or 0), key)
end
local function packed(row) return PREFIX .. cmsgpack.pack(unpack(row, 2, SIZE + 1)) .. row.rest end
local function save(key, row, keep)
  if keep then
    redis.call('SET', row_name(key), packed(row), 'PX', keep)
  else
    redis.call('SET', row_name(key), packed(row))
  end
end
local counts = {}
local function count(name, field, by)
  local known = counts[name] or {}
  counts[name] = known
  known[field] = (known[field] or 0) + by
end
local function flush(keep)
  for name, fields in pairs(counts) do
    for field, by in pairs(fields) do
      if by ~= 0 then redis.call('HINCRBY', name, field, by) end
    end
    redis.call('PEXPIRE', name, keep)
    local site, as, day = string.match(name, ':([^:]+):(.+):([^:]+)$')
    local counted = tag .. 'counted:' .. site .. ':' .. day
    redis.call('SADD', counted, as)
    redis.call('PEXPIRE', counted, keep)
  end
end
local function counts_of(row)
  if not row.counts then
    local push = cmsgpack.unpack(row.rest)
    local as = push[5]
    if push[4] == 'test' then as = 'test' elseif as == '' then as = push[4] end
    row.counts = tag .. 'counts:' .. push[2] .. ':' .. as .. ':' .. row[DAY]
  end
  return row.counts
end
local WAITING = {queued = 'queued', claimed = 'queued', sending = 'queued', held = 'held'}
local function field_of(state, channel) return channel .. '|' .. (WAITING[state] or state) end
local function change(row, state, channel)
  local before, after = field_of(row[STATE], row[CHANNEL]), field_of(state, channel)
  row[STATE], row[CHANNEL] = state, channel
  if before ~= after then
    count(counts_of(row), before, -1)
    count(counts_of(row), after, 1)
  end
end
local function remember(history, key, keep)
  local past = redis.call('GET', history) or ''
  redis.call('SET', history, key .. string.sub(past, 1, KEY * (HISTORY - 1)), 'PX', keep)
end
"""
)

# KEYS: due. ARGV: milliseconds to keep the history, those to keep the counts, then of each row its key, the time at
# which it is due, the row, its counts, the field there and its history. Answers with the states that were there, or "".
# What was refused at an earlier slot is judged anew at this one, but for who is held out of the campaign.
ENQUEUE = Script(
    _SHARED
    + """
local function slot(row) return cmsgpack.unpack(row.rest)[SLOT] or 0 end
local function is_over(row, value)
  return row[STATE] == 'refused' and row[REASON] ~= 'holdout' and slot(row) < slot(parse(value))
end
local answer = {}
for i = 3, #ARGV, 6 do
  local key = ARGV[i]
  local row = load(key)
  local new = not row or is_over(row, ARGV[i + 2])
  answer[#answer + 1] = new and '' or row[STATE]
  if new then
    redis.call('SET', row_name(key), ARGV[i + 2])
    redis.call('ZADD', KEYS[1], ARGV[i + 1], key)
    count(ARGV[i + 3], ARGV[i + 4], 1)
  end
  if not row then remember(ARGV[i + 5], key, ARGV[1]) end
end
flush(ARGV[2])
return answer
"""
)

# KEYS: due. ARGV: now, end of the lease, token, most rows, the most of them that are sent to many, milliseconds to keep
# the counts. Answers with the rows, each in the state that it was in. What is sent to many has what the others leave,
# and always an eighth.
CLAIM = Script(
    _SHARED
    + """
local now, lapse, most, answer = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[4]), {}
local ones = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, most)
local bulk = redis.call('ZRANGEBYSCORE', KEYS[1], BEHIND, BEHIND + now, 'LIMIT', 0, ARGV[5])
local many = math.min(#bulk, math.max(most - #ones, math.floor(most / 8)))
local function take(key, at)
  local row = load(key)
  if row and WAITING[row[STATE]] then
    local former = row[STATE]
    row[TOKEN], row[UPDATED], row[CLAIMS] = ARGV[3], now, row[CLAIMS] + 1
    answer[#answer + 1] = packed(row)
    if former ~= 'sending' then change(row, 'claimed', row[CHANNEL]) end
    save(key, row)
    redis.call('ZADD', KEYS[1], at, key)
  else
    redis.call('ZREM', KEYS[1], key)
  end
end
for place = 1, math.min(#ones, most - many) do take(ones[place], lapse) end
for place = 1, many do take(bulk[place], BEHIND + lapse) end
flush(ARGV[6])
return answer
"""
)

# KEYS: due. ARGV: now, end of the lease, token, milliseconds to keep the counts, then of each row its key, channel,
# sender and address. Answers with 1 for each that the token still holds.
SEND = Script(
    _SHARED
    + """
local answer = {}
for i = 5, #ARGV, 4 do
  local key = ARGV[i]
  local row = load(key)
  local held = row and row[TOKEN] == ARGV[3] and (row[STATE] == 'claimed' or row[STATE] == 'sending')
  answer[#answer + 1] = held and 1 or 0
  if held then
    change(row, 'sending', ARGV[i + 1])
    row[UPDATED], row[SENT], row[ATTEMPTS] = tonumber(ARGV[1]), tonumber(ARGV[1]), row[ATTEMPTS] + 1
    row[SENDER], row[TO] = ARGV[i + 2], ARGV[i + 3]
    save(key, row)
    wait(key, tonumber(ARGV[2]))
  end
end
flush(ARGV[4])
return answer
"""
)

# KEYS: due. ARGV: token (empty: the provider's own word, which may come at any time), now, milliseconds to keep a row
# that is done, those to keep the counts, then of each row its outcome, its fallback as a row (or ""), and of that the
# history. Answers with 1 for each that it applies to. What a provider has told as delivered or failed stays so; what is
# known only now, such as the price, is added.
SETTLE = Script(
    "#!lua flags=allow-oom\n"
    + _SHARED
    + """
local token, now, keep = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local function add_fallback(row, outcome, value, history)
  local key, other = outcome[15][1], parse(value)
  other[DAY] = row[DAY]
  if not redis.call('SET', row_name(key), packed(other), 'NX') then return end
  wait_anew(key, now, other)
  count(counts_of(other), field_of('queued', ''), 1)
  remember(history, key, keep)
end
local function complete(row, outcome)
  local price = outcome[7]
  if outcome[6] ~= '' then row[PROVIDER_ID] = outcome[6] end
  if price and price ~= row[PRICE] then
    count(counts_of(row), row[CHANNEL] .. '|price', price - row[PRICE])
    row[PRICE] = price
  end
end
local function index(key, row, outcome)
  if WAITING[row[STATE]] then
    wait(key, row[DUE])
  else
    redis.call('ZREM', KEYS[1], key)
  end
  if row[STATE] == 'parked' then redis.call('ZADD', tag .. 'stuck', now, key) end
  if outcome[14] > 0 then
    redis.call('ZADD', tag .. 'looks', outcome[14], key)
  else
    redis.call('ZREM', tag .. 'looks', key)
  end
end
local function move(row, outcome)
  local state, channel = outcome[2], outcome[10] ~= '' and outcome[10] or row[CHANNEL]
  if outcome[11] ~= '' then row[SENDER] = outcome[11] end
  change(row, state, channel)
  row[UPDATED], row[DUE], row[REASON], row[DETAIL] = now, outcome[3], outcome[4], outcome[5]
  row[FAILURE], row[CODE] = outcome[8], outcome[9]
  if not outcome[12] then row[ATTEMPTS] = math.max(0, row[ATTEMPTS] - 1) end
  if not outcome[13] then row[CLAIMS] = 0 end
  if state == 'failed' then count(counts_of(row), channel .. '|failed|' .. row[FAILURE], 1) end
  if state == 'refused' then count(counts_of(row), channel .. '|refused|' .. row[REASON], 1) end
end
local function forward(row, state)
  if token ~= '' then return row[TOKEN] == token and (row[STATE] == 'claimed' or row[STATE] == 'sending') end
  if state == 'accepted' then return row[STATE] == 'unknown' or row[STATE] == 'accepted' end
  return row[ATTEMPTS] > 0 and row[STATE] ~= 'refused'
end
local answer = {}
for i = 5, #ARGV, 3 do
  local outcome = cmsgpack.unpack(ARGV[i])
  local row, done = load(outcome[1]), 0
  if row then
    local told = row[STATE] == 'delivered' or row[STATE] == 'failed'
    if told then
      if token == '' and row[STATE] == outcome[2] or token ~= '' and row[TOKEN] == token then
        complete(row, outcome)
        save(outcome[1], row, keep)
        done = token == '' and 0 or 1
      end
    elseif forward(row, outcome[2]) then
      local parked = row[STATE] == 'parked'
      move(row, outcome)
      complete(row, outcome)
      index(outcome[1], row, outcome)
      if parked then redis.call('ZREM', tag .. 'stuck', outcome[1]) end
      save(outcome[1], row, not WAITING[row[STATE]] and keep or nil)
      if ARGV[i + 1] ~= '' then add_fallback(row, outcome, ARGV[i + 1], ARGV[i + 2]) end
      done = 1
    end
  end
  answer[#answer + 1] = done
end
flush(ARGV[4])
return answer
"""
)

# KEYS: due. ARGV: now, milliseconds to keep the counts, keys. Parked rows are begun anew; answers with their number.
RELEASE = Script(
    _SHARED
    + """
local released = 0
for i = 3, #ARGV do
  local row = load(ARGV[i])
  redis.call('ZREM', tag .. 'stuck', ARGV[i])
  if row and row[STATE] == 'parked' then
    change(row, 'queued', row[CHANNEL])
    row[UPDATED], row[DUE], row[ATTEMPTS], row[CLAIMS] = tonumber(ARGV[1]), tonumber(ARGV[1]), 0, 0
    save(ARGV[i], row)
    wait_anew(ARGV[i], row[DUE], row)
    released = released + 1
  end
end
flush(ARGV[2])
return released
"""
)

# KEYS: due. ARGV: now, milliseconds to keep the counts, those to keep a row that is done, the reason, keys. Rows that
# wait and that nobody has in hand are refused; answers with their number.
CANCEL = Script(
    _SHARED
    + """
local cancelled = 0
for i = 5, #ARGV do
  local row = load(ARGV[i])
  if row and (row[STATE] == 'queued' or row[STATE] == 'held') then
    change(row, 'refused', row[CHANNEL])
    count(counts_of(row), row[CHANNEL] .. '|refused|' .. ARGV[4], 1)
    row[UPDATED], row[DUE], row[REASON], row[DETAIL] = tonumber(ARGV[1]), 0, ARGV[4], ''
    save(ARGV[i], row, ARGV[3])
    redis.call('ZREM', KEYS[1], ARGV[i])
    cancelled = cancelled + 1
  end
end
flush(ARGV[2])
return cancelled
"""
)

# KEYS: due. ARGV: key, now, milliseconds to keep the counts. Answers whether this is the first click.
CLICK = Script(
    _SHARED
    + """
local row = load(ARGV[1])
if not row or row[CLICKED] > 0 then return 0 end
row[CLICKED] = tonumber(ARGV[2])
count(counts_of(row), row[CHANNEL] .. '|clicks', 1)
redis.call('SET', row_name(ARGV[1]), packed(row), 'KEEPTTL')
flush(ARGV[3])
return 1
"""
)

# KEYS: due. ARGV: milliseconds to keep the counts, keys. What waits is counted no more.
FORGET = Script(
    _SHARED
    + """
for i = 2, #ARGV do
  local row = load(ARGV[i])
  if row and WAITING[row[STATE]] then count(counts_of(row), field_of(row[STATE], row[CHANNEL]), -1) end
  redis.call('DEL', row_name(ARGV[i]))
  for _, each in ipairs({'due', 'stuck', 'looks'}) do redis.call('ZREM', tag .. each, ARGV[i]) end
end
flush(ARGV[1])
"""
)
