-- Posts by the engagement of the last hour: what the hot list is built from, and what the feed reads while Redis is away.
-- The table has buckets of an hour, so the last hour is the running bucket and of the one before the share that the last hour still covers,
-- as if it had come in evenly. Views weigh little: they fill the list while nobody likes anything.
-- now: Unix seconds. tenant: '' and all_tenants = 1 for every tenant.
SELECT tenant, post_id, round(sum(weight * (likes + 2 * comments + 3 * shares + 0.01 * views)), 4) AS score
FROM
(
    SELECT
        tenant, post_id, likes, comments, shares, views,
        if(toUnixTimestamp(hour) >= intDiv({now:Int64}, 3600) * 3600, 1, 1 - ({now:Int64} % 3600) / 3600) AS weight
    FROM post_metrics_1h
    WHERE hour >= toDateTime(intDiv({now:Int64}, 3600) * 3600 - 3600, 'UTC')
      AND hour <= toDateTime({now:Int64}, 'UTC')
      AND ({all_tenants:UInt8} = 1 OR tenant = {tenant:String})
)
GROUP BY tenant, post_id
HAVING score > 0
ORDER BY tenant, score DESC, post_id DESC
LIMIT {take:UInt32} BY tenant
