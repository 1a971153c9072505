-- Ids that grow within a transaction: 48 bits of Unix milliseconds, then 12 bits of the fraction of the millisecond in place of rand_a (RFC 9562, 6.2,
-- method 3), then random bits. A call takes longer than the clock's microsecond.
CREATE OR REPLACE FUNCTION nova.uuid_v7() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT encode(overlay(uuid_send(gen_random_uuid()) PLACING int8send((microseconds / 1000 << 16) | 28672 | (microseconds % 1000 * 4096 / 1000)) FROM 1 FOR 8), 'hex')::uuid
    FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS microseconds OFFSET 0) AS clock
$$;
