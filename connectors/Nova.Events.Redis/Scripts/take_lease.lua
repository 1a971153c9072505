-- Takes or renews a lease. Each new holder gets a higher fence than every holder before it, even when the counter was lost.
-- KEYS[1] lease, KEYS[2] last fence; ARGV[1] who asks, ARGV[2] length of the lease in ms.
-- Returns the fence as text, or false while somebody else holds the lease.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return false end
local fence = tonumber(redis.call('GET', KEYS[2]) or '0')
if not holder or fence == 0 then
  local now = redis.call('TIME')
  fence = math.max(fence + 1, now[1] * 1000 + math.floor(now[2] / 1000))
  redis.call('SET', KEYS[2], string.format('%.0f', fence))
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return string.format('%.0f', fence)
