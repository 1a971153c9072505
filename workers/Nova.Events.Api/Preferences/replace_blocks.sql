-- Blocks become exactly $3; what stays is not touched, so that a capture of the table sees only changes.
WITH gone AS (DELETE FROM user_blocks WHERE tenant = $1 AND user_id = $2 AND NOT blocked_user_id = ANY ($3))
INSERT INTO user_blocks (tenant, user_id, blocked_user_id)
SELECT $1, $2, blocked FROM unnest($3) AS blocked
ON CONFLICT DO NOTHING
