-- What a service of its own has: a post is inserted, and its author's count updated.
CREATE TABLE bench.authors (id bigint PRIMARY KEY, posts bigint NOT NULL DEFAULT 0) WITH (fillfactor = 50);
INSERT INTO bench.authors (id) SELECT generate_series(0, 9999);

CREATE TABLE bench.posts (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author_id  bigint      NOT NULL REFERENCES bench.authors,
    text       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
