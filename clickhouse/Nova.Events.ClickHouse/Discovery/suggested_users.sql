-- Whom users may want to follow: those who are followed together with the ones they follow, by the number of people who follow both; then the
-- most followed, for users with few signals. Follows are those whose last event is UserFollowed.
-- Bounds, so that a celebrity or a bot does not make pairs of millions: the latest max_followers followers of a user count as signals, of each
-- of them the latest max_signals follows, and for each followed user the max_pairs that go with it most often.
-- user_id = 0: every user who was active since active_since (Unix seconds), the latest max_users of each tenant. Otherwise this one of tenant.
WITH
    edges AS
    (
        SELECT tenant, follower, followee, position
        FROM
        (
            SELECT
                tenant,
                JSONExtractInt(payload, 'follower_id') AS follower,
                JSONExtractInt(payload, 'followee_id') AS followee,
                argMax(event_type, _position) AS last_event,
                max(_position) AS position
            FROM outbox_events
            WHERE aggregate_type = 'follow'
              AND event_type IN ('UserFollowed', 'UserUnfollowed')
              AND ({user_id:Int64} = 0 OR tenant = {tenant:String})
            GROUP BY tenant, follower, followee
        )
        WHERE last_event = 'UserFollowed' AND follower != followee
    ),
    active AS
    (
        SELECT tenant, user_id
        FROM
        (
            SELECT tenant, user_id, _timestamp AS seen
            FROM events_raw
            WHERE {user_id:Int64} = 0 AND _timestamp >= toDateTime64({active_since:Int64}, 3, 'UTC')
            UNION ALL
            SELECT tenant, JSONExtractInt(payload, 'follower_id') AS user_id, _timestamp AS seen
            FROM outbox_events
            WHERE {user_id:Int64} = 0 AND aggregate_type = 'follow' AND _timestamp >= toDateTime64({active_since:Int64}, 3, 'UTC')
            UNION ALL
            SELECT {tenant:String} AS tenant, {user_id:Int64} AS user_id, now64(3, 'UTC') AS seen
            WHERE {user_id:Int64} != 0
        )
        GROUP BY tenant, user_id
        ORDER BY max(seen) DESC, user_id
        LIMIT {max_users:UInt32} BY tenant
    ),
    mine AS
    (
        SELECT tenant, follower AS user_id, followee AS via
        FROM edges
        WHERE (tenant, follower) IN (SELECT tenant, user_id FROM active)
        ORDER BY position DESC
        LIMIT {max_signals:UInt32} BY tenant, follower
    ),
    tastes AS
    (
        SELECT tenant, follower, groupArray(followee) AS follows
        FROM
        (
            SELECT tenant, follower, followee
            FROM (SELECT * FROM edges ORDER BY position DESC LIMIT {max_followers:UInt32} BY tenant, followee)
            ORDER BY position DESC
            LIMIT {max_signals:UInt32} BY tenant, follower
        )
        GROUP BY tenant, follower
    ),
    pairs AS
    (
        SELECT tenant, via, candidate, count() AS together
        FROM (SELECT tenant, via, follows FROM tastes ARRAY JOIN follows AS via)
        ARRAY JOIN follows AS candidate
        WHERE via != candidate
        GROUP BY tenant, via, candidate
        ORDER BY together DESC, candidate
        LIMIT {max_pairs:UInt32} BY tenant, via
    ),
    popular AS
    (
        SELECT tenant, followee AS candidate, count() AS followers
        FROM edges
        GROUP BY tenant, candidate
        ORDER BY followers DESC, candidate
        LIMIT {max_popular:UInt32} BY tenant
    )
SELECT tenant, user_id, candidate, sum(together) AS paths, countIf(together > 0) AS shared, max(followers) AS followers
FROM
(
    SELECT mine.tenant AS tenant, mine.user_id AS user_id, pairs.candidate AS candidate, toInt64(together) AS together, toInt64(0) AS followers, 0 AS known
    FROM mine INNER JOIN pairs ON mine.tenant = pairs.tenant AND mine.via = pairs.via
    UNION ALL
    SELECT active.tenant AS tenant, active.user_id AS user_id, popular.candidate AS candidate, toInt64(0) AS together, toInt64(popular.followers) AS followers, 0 AS known
    FROM active INNER JOIN popular ON active.tenant = popular.tenant
    UNION ALL
    SELECT tenant, follower AS user_id, followee AS candidate, toInt64(0) AS together, toInt64(0) AS followers, 1 AS known
    FROM edges
    WHERE (tenant, follower) IN (SELECT tenant, user_id FROM active)
)
GROUP BY tenant, user_id, candidate
HAVING max(known) = 0 AND candidate != user_id
ORDER BY tenant, user_id, paths DESC, followers DESC, candidate
LIMIT {take:UInt32} BY tenant, user_id
SETTINGS max_bytes_before_external_group_by = 268435456, max_bytes_before_external_sort = 268435456
