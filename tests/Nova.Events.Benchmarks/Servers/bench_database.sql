-- What a bench adds to a database with the outbox: events made inside the server, so that filling the WAL takes seconds.
-- The event is a realistic row: a payload of 187 bytes as JSON text, keys of 10,000 aggregates, the columns that a writer fills.
CREATE SCHEMA bench;

CREATE FUNCTION bench.aggregate(event bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT (event * 7919 % 10000)::text
$$;

CREATE FUNCTION bench.payload(event bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT format(
        '{"post_id": %s, "author_id": %s, "text": "%s"}',
        lpad(bench.aggregate(event), 8, '1'), lpad((event % 1000)::text, 8, '1'), rpad(md5(event::text), 131, ' the morning was bright and the sea was calm,'))
$$;

-- As rows of the outbox, one commit after every `rows_each` events.
CREATE PROCEDURE bench.write_rows(first bigint, events bigint, rows_each bigint)
LANGUAGE plpgsql AS $$
BEGIN
    FOR event IN first .. first + events - 1 LOOP
        INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, payload)
        VALUES (nova.uuid_v7(), 'post', bench.aggregate(event), 'PostPublished', bench.payload(event)::jsonb);
        IF (event - first + 1) % rows_each = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END $$;

-- As logical messages without a row, with the same content.
CREATE PROCEDURE bench.write_messages(first bigint, events bigint, rows_each bigint)
LANGUAGE plpgsql AS $$
BEGIN
    FOR event IN first .. first + events - 1 LOOP
        PERFORM pg_logical_emit_message(true, 'nova.outbox', format(
            '{"id":"%s","aggregatetype":"post","aggregateid":"%s","type":"PostPublished","payload":%s,"tenant":"","occurred_at":"%s"}',
            nova.uuid_v7(), bench.aggregate(event), bench.payload(event),
            to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')));
        IF (event - first + 1) % rows_each = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END $$;

-- Where the events of this database lie in the WAL, noted when all are written.
CREATE TABLE bench.written (start_lsn pg_lsn NOT NULL, end_lsn pg_lsn NOT NULL);
