-- The product's tables are captured: topics cdc.posts and so on. What they hold already is read once, when the relay sees them.
ALTER PUBLICATION nova_cdc ADD TABLE posts, comments, likes, follows, user_preferences, user_blocks, user_interests;
