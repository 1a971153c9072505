-- Preferences and their version: one statement, so one snapshot. A version read apart from its values could cover older ones.
SELECT
    p.version, p.language, p.timezone, p.theme,
    ARRAY(SELECT b.blocked_user_id FROM user_blocks b WHERE b.tenant = p.tenant AND b.user_id = p.user_id ORDER BY 1),
    ARRAY(SELECT i.interest FROM user_interests i WHERE i.tenant = p.tenant AND i.user_id = p.user_id ORDER BY i.interest COLLATE "C")
FROM user_preferences p
WHERE p.tenant = $1 AND p.user_id = $2
