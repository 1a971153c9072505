-- Retention: a day's partition is dropped whole, never emptied row by row, once it is old enough and the relay's slot is past it.

-- Days whose last row is in the WAL. A row's created_at is the start of its transaction, so a day is closed once no transaction that began in it
-- is open: every commit with rows of that day is below closed_lsn.
CREATE TABLE nova.outbox_partitions (
    day        date        PRIMARY KEY,
    closed_lsn pg_lsn      NOT NULL,
    closed_at  timestamptz NOT NULL DEFAULT now()
);

-- Makes today's partition and those of the next days, named outbox_YYYYMMDD (UTC). Idempotent; returns how many were made. Attached, not made in
-- place: that would lock out every writer until the longest open transaction has ended. The relay's login owns nothing: these functions act for it.
CREATE OR REPLACE FUNCTION nova.outbox_create_partitions(days_ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    day date;
    partition text;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('nova.outbox_create_partitions'));
    FOR ahead IN 0..days_ahead LOOP
        day := (now() AT TIME ZONE 'UTC')::date + ahead;
        partition := format('nova.outbox_%s', to_char(day, 'YYYYMMDD'));
        CONTINUE WHEN to_regclass(partition) IS NOT NULL;
        BEGIN
            EXECUTE format('CREATE TABLE %s (LIKE nova.outbox INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition);
            EXECUTE format('ALTER TABLE nova.outbox ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', partition, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
            made := made + 1;
        EXCEPTION WHEN check_violation THEN
            -- Rows of that day went to the default partition; they are served from there, and so is the rest of the day.
            RAISE WARNING 'nova.outbox_default holds rows of %, no partition was made for it', day;
        END;
    END LOOP;
    RETURN made;
END $$;

-- What may still write rows of before that time, in a few words; null if nothing can. A session whose start is hidden from us counts as old.
CREATE FUNCTION nova.outbox_open_before(moment timestamptz) RETURNS text
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(
        (SELECT format('session %s has a transaction open since %s', pid,
                       coalesce(xact_start::text, 'a time that is hidden: GRANT pg_read_all_stats TO ' || quote_ident(current_user)))
         FROM pg_stat_activity AS session
         WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND (xact_start < moment OR xact_start IS NULL AND EXISTS (SELECT FROM pg_locks WHERE locktype = 'virtualxid' AND pg_locks.pid = session.pid))
           -- A walsender shows the time at which it began to stream; it writes nothing.
           AND pid NOT IN (SELECT active_pid FROM pg_replication_slots WHERE active_pid IS NOT NULL)
         ORDER BY xact_start LIMIT 1),
        -- When a prepared transaction began is not known.
        (SELECT format('transaction %L is prepared since %s', gid, prepared) FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared LIMIT 1))
$$;

-- Notes the closing LSN of days that are over; returns how many. An hour's grace for clocks that are set back.
CREATE FUNCTION nova.outbox_close_days() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    today  date := (now() - interval '1 hour') AT TIME ZONE 'UTC';
    noted  integer;
BEGIN
    -- Looked at before the LSN is read: what commits in between is below it.
    IF nova.outbox_open_before(today::timestamp AT TIME ZONE 'UTC') IS NOT NULL THEN RETURN 0; END IF;
    INSERT INTO nova.outbox_partitions (day, closed_lsn)
    SELECT to_date(right(relname, 8), 'YYYYMMDD'), pg_current_wal_insert_lsn()
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'nova.outbox'::regclass AND relname ~ '^outbox_[0-9]{8}$' AND to_date(right(relname, 8), 'YYYYMMDD') < today
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS noted = ROW_COUNT;
    RETURN noted;
END $$;

-- Every day's partition. An overdue one (older than the retention) without obstacle may be dropped.
-- Obstacles: slot_missing, slot_lost, open_transaction, slot_behind; the detail says which, for people.
CREATE FUNCTION nova.outbox_days(slot text, retention interval)
RETURNS TABLE (day date, overdue boolean, obstacle text, detail text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH days AS (
        SELECT to_date(right(relname, 8), 'YYYYMMDD') AS day
        FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = 'nova.outbox'::regclass AND relname ~ '^outbox_[0-9]{8}$'
    ), judged AS (
        SELECT days.day, (days.day + 1)::timestamp AT TIME ZONE 'UTC' + $2 <= now() AS overdue, closed_lsn, confirmed_flush_lsn,
               CASE WHEN slot_name IS NULL THEN 'slot_missing'
                    WHEN wal_status = 'lost' OR confirmed_flush_lsn IS NULL THEN 'slot_lost'
                    WHEN closed_lsn IS NULL THEN 'open_transaction'
                    WHEN confirmed_flush_lsn < closed_lsn THEN 'slot_behind' END AS obstacle
        FROM days LEFT JOIN nova.outbox_partitions ON outbox_partitions.day = days.day
        LEFT JOIN pg_replication_slots ON slot_name = $1 AND database = current_database()
    )
    SELECT judged.day, judged.overdue, judged.obstacle,
           CASE WHEN judged.overdue THEN CASE judged.obstacle
               WHEN 'slot_missing' THEN format('there is no slot %L of this database', $1)
               WHEN 'slot_lost' THEN format('slot %L is lost', $1)
               WHEN 'open_transaction' THEN coalesce(nova.outbox_open_before((judged.day + 1)::timestamp AT TIME ZONE 'UTC'), 'the day is not closed yet')
               WHEN 'slot_behind' THEN format('slot %L has confirmed %s, the day ended at %s', $1, confirmed_flush_lsn, closed_lsn) END END
    FROM judged ORDER BY judged.day
$$;

-- Drops a day's partition if it is overdue and nothing stands in the way; true if it did. Writers wait for it at most the lock_timeout: it fails
-- with lock_not_available when a longer transaction holds the table, and is to be tried again. (DETACH CONCURRENTLY is refused beside a default partition.)
CREATE FUNCTION nova.outbox_drop_day(day date, slot text, retention interval) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms' AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM nova.outbox_days($2, $3) AS known WHERE known.day = $1 AND overdue AND obstacle IS NULL) THEN RETURN false; END IF;
    EXECUTE format('DROP TABLE nova.outbox_%s', to_char($1, 'YYYYMMDD'));
    DELETE FROM nova.outbox_partitions WHERE outbox_partitions.day = $1;
    RETURN true;
END $$;

-- Rows in the default partition, counted up to 10,000. More than none is an alarm: partitions were not made ahead.
CREATE FUNCTION nova.outbox_default_rows() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*) FROM (SELECT FROM nova.outbox_default LIMIT 10000) AS counted
$$;

REVOKE EXECUTE ON FUNCTION nova.outbox_create_partitions(integer), nova.outbox_close_days(), nova.outbox_days(text, interval),
    nova.outbox_drop_day(date, text, interval), nova.outbox_default_rows(), nova.outbox_open_before(timestamptz) FROM PUBLIC;
