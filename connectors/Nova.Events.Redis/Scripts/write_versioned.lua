-- Writes a value or a tombstone unless what is stored is at least as new; a tombstone stands just below the value of its version.
-- KEYS[1] the entry; ARGV[1] version, decimal without leading zeros; ARGV[2] TTL in ms; ARGV[3] 'value' or 'tombstone'; ARGV[4] the value.
-- Returns 1 when written, 0 when refused.
local function newer(a, b) -- as text: a Lua number loses digits above 2^53
  if #a ~= #b then return #a > #b end
  return a > b
end

local stored = redis.call('HGET', KEYS[1], 'v')
local tombstone = ARGV[3] == 'tombstone'
if stored then
  local refused = newer(stored, ARGV[1])
    or (stored == ARGV[1] and (tombstone or redis.call('HEXISTS', KEYS[1], 'd') == 1))
  if refused then
    -- A refused invalidation was seen all the same: what refused it must outlive the loads that are under way.
    if tombstone and redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
    return 0
  end
end
if tombstone then
  redis.call('HSET', KEYS[1], 'v', ARGV[1])
  redis.call('HDEL', KEYS[1], 'd')
else
  redis.call('HSET', KEYS[1], 'v', ARGV[1], 'd', ARGV[4])
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
