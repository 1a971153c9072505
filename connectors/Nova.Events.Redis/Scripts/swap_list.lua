-- Puts a list that was built aside in the place of the one that is served, unless a later builder has done so already.
-- KEYS[1] served list, KEYS[2] list built aside, KEYS[3] what is known of the served list;
-- ARGV[1] fence of the builder, ARGV[2] TTL of the list in ms, ARGV[3] TTL of what is known of it in ms.
-- Returns 1 when swapped, 0 when refused. Age is by the clock of Redis alone.
local fence = redis.call('HGET', KEYS[3], 'fence')
if fence and tonumber(fence) > tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[2])
  return 0
end
if redis.call('EXISTS', KEYS[2]) == 1 then
  redis.call('RENAME', KEYS[2], KEYS[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
else
  redis.call('DEL', KEYS[1])
end
local now = redis.call('TIME')
local at = now[1] * 1000 + math.floor(now[2] / 1000)
redis.call('HSET', KEYS[3], 'at', string.format('%.0f', at), 'fence', ARGV[1], 'count', redis.call('ZCARD', KEYS[1]), 'ttl', ARGV[2])
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return 1
