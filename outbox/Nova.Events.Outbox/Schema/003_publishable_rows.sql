-- What is committed must be publishable: a row that no topic takes would hold up every event behind it.
ALTER TABLE nova.outbox
    ADD CONSTRAINT occurred_at_is_a_date CHECK (occurred_at >= '0001-01-01 00:00:00+00' AND occurred_at < '10000-01-01 00:00:00+00'),
    -- As it will be published: JSON's text can be many times as long as what is stored (1e9999, control characters).
    ADD CONSTRAINT record_at_most_2_mb CHECK (
        coalesce(octet_length(payload::text), 0) + coalesce(octet_length(headers::text), 0) + octet_length(aggregateid)
        + octet_length(type) + octet_length(tenant) + coalesce(octet_length(traceparent), 0) <= 2000000);

-- RETURNING would need SELECT on the table; writers have INSERT and nothing else.
CREATE OR REPLACE FUNCTION nova.emit(
    aggregatetype text, aggregateid text, type text, payload jsonb,
    headers jsonb DEFAULT NULL, tenant text DEFAULT '', traceparent text DEFAULT NULL, occurred_at timestamptz DEFAULT clock_timestamp())
RETURNS uuid
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    event_id uuid := nova.uuid_v7();
BEGIN
    INSERT INTO nova.outbox (id, aggregatetype, aggregateid, type, payload, headers, tenant, traceparent, occurred_at)
    VALUES (event_id, $1, $2, $3, $4, $5, $6, $7, $8);
    RETURN event_id;
END $$;
