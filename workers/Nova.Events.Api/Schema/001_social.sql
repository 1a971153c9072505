-- The product's own tables. The tenant stands first in every key; empty where there is only one.
CREATE TABLE IF NOT EXISTS posts (
    tenant     text        NOT NULL DEFAULT '',
    post_id    bigint      NOT NULL,
    author_id  bigint      NOT NULL,
    text       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant, post_id)
);
CREATE INDEX IF NOT EXISTS posts_by_author ON posts (tenant, author_id, created_at DESC);

CREATE TABLE IF NOT EXISTS comments (
    tenant     text        NOT NULL DEFAULT '',
    comment_id bigint      NOT NULL,
    post_id    bigint      NOT NULL,
    user_id    bigint      NOT NULL,
    text       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    PRIMARY KEY (tenant, comment_id)
);
CREATE INDEX IF NOT EXISTS comments_by_post ON comments (tenant, post_id, created_at);

CREATE TABLE IF NOT EXISTS likes (
    tenant     text        NOT NULL DEFAULT '',
    post_id    bigint      NOT NULL,
    user_id    bigint      NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, post_id, user_id)
);

CREATE TABLE IF NOT EXISTS follows (
    tenant      text        NOT NULL DEFAULT '',
    follower_id bigint      NOT NULL,
    followee_id bigint      NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, follower_id, followee_id)
);
CREATE INDEX IF NOT EXISTS follows_by_followee ON follows (tenant, followee_id);

-- version grows by one with each change of a user's preferences, blocks and interests; caches compare it, so it never goes back.
CREATE TABLE IF NOT EXISTS user_preferences (
    tenant     text        NOT NULL DEFAULT '',
    user_id    bigint      NOT NULL CHECK (user_id > 0),
    version    bigint      NOT NULL CHECK (version > 0),
    language   text        NOT NULL CHECK (length(language) BETWEEN 2 AND 35),
    timezone   text        NOT NULL CHECK (length(timezone) BETWEEN 1 AND 64),
    theme      text        NOT NULL CHECK (theme IN ('light', 'dark', 'system')),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, user_id)
);

CREATE TABLE IF NOT EXISTS user_blocks (
    tenant          text        NOT NULL DEFAULT '',
    user_id         bigint      NOT NULL,
    blocked_user_id bigint      NOT NULL CHECK (blocked_user_id <> user_id),
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, user_id, blocked_user_id)
);

CREATE TABLE IF NOT EXISTS user_interests (
    tenant     text        NOT NULL DEFAULT '',
    user_id    bigint      NOT NULL,
    interest   text        NOT NULL CHECK (length(interest) BETWEEN 1 AND 64),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, user_id, interest)
);
