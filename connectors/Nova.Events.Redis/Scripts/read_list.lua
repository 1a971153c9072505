-- Reads a page of a list, best first, together with its age: one step, so that both belong to the same build.
-- KEYS[1] served list, KEYS[2] what is known of it; ARGV[1], ARGV[2] first and last rank.
-- Returns false when there is no list, else {age in ms, length, member, score, member, score, ...}.
local known = redis.call('HMGET', KEYS[2], 'at', 'count', 'ttl')
if not known[1] then return false end
local now = redis.call('TIME')
local age = now[1] * 1000 + math.floor(now[2] / 1000) - tonumber(known[1])
local count = redis.call('ZCARD', KEYS[1])
if count == 0 and (known[2] ~= '0' or age > tonumber(known[3])) then return false end
local page = redis.call('ZREVRANGE', KEYS[1], ARGV[1], ARGV[2], 'WITHSCORES')
table.insert(page, 1, tostring(count))
table.insert(page, 1, string.format('%.0f', math.max(age, 0)))
return page
