-- Interests become exactly $3; what stays is not touched, so that a capture of the table sees only changes.
WITH gone AS (DELETE FROM user_interests WHERE tenant = $1 AND user_id = $2 AND NOT interest = ANY ($3))
INSERT INTO user_interests (tenant, user_id, interest)
SELECT $1, $2, chosen FROM unnest($3) AS chosen
ON CONFLICT DO NOTHING
