-- The next version. The row's lock makes writers of one user wait for each other, so versions are committed in their order.
INSERT INTO user_preferences (tenant, user_id, version, language, timezone, theme)
VALUES ($1, $2, 1, $3, $4, $5)
ON CONFLICT (tenant, user_id) DO UPDATE
SET version = user_preferences.version + 1, language = excluded.language, timezone = excluded.timezone, theme = excluded.theme, updated_at = now()
RETURNING version
