-- A table as services have them, captured: a key, a few columns, about 200 bytes of text.
CREATE TABLE bench.articles (
    id         bigint         PRIMARY KEY,
    author_id  bigint         NOT NULL,
    title      text           NOT NULL,
    body       text           NOT NULL,
    price      numeric(10, 2) NOT NULL,
    published  boolean        NOT NULL,
    revision   bigint         NOT NULL,
    updated_at timestamptz    NOT NULL
) WITH (fillfactor = 70);

ALTER PUBLICATION nova_cdc ADD TABLE bench.articles;

CREATE FUNCTION bench.body(article bigint, revision bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT rpad(md5((article + revision)::text), 170, ' the morning was bright and the sea was calm,')
$$;

-- Rows 0 to rows - 1.
CREATE PROCEDURE bench.fill_articles(rows bigint)
LANGUAGE sql AS $$
    INSERT INTO bench.articles
    SELECT id, id % 1000, 'article ' || lpad(id::text, 22, '.'), bench.body(id, 0), (id % 10000) / 100.0, id % 3 > 0, 0, now()
    FROM generate_series(0, rows - 1) id
$$;

-- Updates of rows all over the table, one commit after every `rows_each`: more than one would let writers wait for each other.
CREATE PROCEDURE bench.write_updates(first bigint, events bigint, rows_each bigint)
LANGUAGE plpgsql AS $$
DECLARE
    total bigint := (SELECT count(*) FROM bench.articles);
BEGIN
    FOR event IN first .. first + events - 1 LOOP
        UPDATE bench.articles SET revision = event, body = bench.body(id, event), updated_at = clock_timestamp() WHERE id = event::bigint * 7919 % total;
        IF (event - first + 1) % rows_each = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END $$;
