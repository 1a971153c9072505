-- Every type a person uses, as a column of one table, and tables for what happens to rows and to tables. Run in schema public.
CREATE EXTENSION hstore;
CREATE EXTENSION ltree;
CREATE EXTENSION citext;
CREATE TYPE mood AS ENUM ('ok','so so');
CREATE TYPE comp AS (a int, b text);
CREATE DOMAIN d_int AS int;
CREATE DOMAIN d_text AS text;
CREATE DOMAIN d_num AS numeric(8,3);
CREATE DOMAIN d_num_free AS numeric;
CREATE DOMAIN d_d_int AS d_int;
CREATE DOMAIN d_d_num AS d_num;
CREATE DOMAIN d_varchar AS varchar(5);
CREATE DOMAIN d_ts3 AS timestamp(3);
CREATE DOMAIN d_jsonb AS jsonb;
CREATE DOMAIN d_uuid AS uuid;
CREATE DOMAIN d_tstz AS timestamptz;
CREATE DOMAIN d_bool AS boolean;
CREATE DOMAIN d_int_a AS int[];
CREATE TABLE types (
    id int PRIMARY KEY,
    int2_ smallint,
    int4_ int,
    int8_ bigint,
    float4_ real,
    float8_ double precision,
    numeric_ numeric,
    numeric10_2_ numeric(10,2),
    numeric20_0_ numeric(20,0),
    numeric10_m2_ numeric(10,-2),
    money_ money,
    bool_ boolean,
    text_ text,
    varchar_ varchar,
    varchar5_ varchar(5),
    char5_ char(5),
    bpchar_ bpchar,
    char1_ char,
    name_ name,
    qchar_ "char",
    citext_ citext,
    xml_ xml,
    date_ date,
    time_ time,
    time24_ time,
    time3_ time(3),
    time0_ time(0),
    time6_ time(6),
    timetz_ timetz,
    timetz24_ timetz,
    timetz3_ timetz(3),
    timestamp_ timestamp,
    timestamp_inf_ timestamp,
    timestamp_bc_ timestamp,
    timestamp_big_ timestamp,
    timestamp0_ timestamp(0),
    timestamp1_ timestamp(1),
    timestamp3_ timestamp(3),
    timestamp4_ timestamp(4),
    timestamp6_ timestamp(6),
    timestamptz_ timestamptz,
    timestamptz_inf_ timestamptz,
    timestamptz_bc_ timestamptz,
    timestamptz_big_ timestamptz,
    timestamptz3_ timestamptz(3),
    timestamptz0_ timestamptz(0),
    interval_ interval,
    interval3_ interval(3),
    interval_ym_ interval year to month,
    uuid_ uuid,
    bytea_ bytea,
    json_ json,
    jsonb_ jsonb,
    jsonpath_ jsonpath,
    int2_a_ smallint[],
    int4_a_ int[],
    int4_aa_ int[][],
    int8_a_ bigint[],
    float4_a_ real[],
    float8_a_ double precision[],
    numeric_a_ numeric[],
    numeric10_2_a_ numeric(10,2)[],
    numeric_a_nan_ numeric[],
    money_a_ money[],
    bool_a_ boolean[],
    text_a_ text[],
    text_aa_ text[][],
    varchar_a_ varchar(5)[],
    char_a_ char(3)[],
    name_a_ name[],
    citext_a_ citext[],
    xml_a_ xml[],
    date_a_ date[],
    date_a_inf_ date[],
    time_a_ time[],
    timetz_a_ timetz[],
    timestamp_a_ timestamp[],
    timestamp3_a_ timestamp(3)[],
    timestamp_a_inf_ timestamp[],
    timestamptz_a_ timestamptz[],
    timestamptz_a_inf_ timestamptz[],
    interval_a_ interval[],
    uuid_a_ uuid[],
    bytea_a_ bytea[],
    json_a_ json[],
    jsonb_a_ jsonb[],
    enum_ mood,
    enum_a_ mood[],
    d_int_ d_int,
    d_text_ d_text,
    d_num_ d_num,
    d_num_free_ d_num_free,
    d_d_int_ d_d_int,
    d_d_num_ d_d_num,
    d_varchar_ d_varchar,
    d_ts3_ d_ts3,
    d_jsonb_ d_jsonb,
    d_uuid_ d_uuid,
    d_tstz_ d_tstz,
    d_bool_ d_bool,
    d_int_a_ d_int_a,
    d_text_arr_ d_text[],
    hstore_ hstore,
    hstore_a_ hstore[],
    ltree_ ltree,
    ltree_a_ ltree[],
    int4range_ int4range,
    int8range_ int8range,
    numrange_ numrange,
    tsrange_ tsrange,
    tstzrange_ tstzrange,
    daterange_ daterange,
    int4range_a_ int4range[],
    int4multirange_ int4multirange,
    datemultirange_ datemultirange,
    inet_ inet,
    cidr_ cidr,
    inet_a_ inet[],
    cidr_a_ cidr[],
    macaddr_ macaddr,
    macaddr8_ macaddr8,
    macaddr_a_ macaddr[],
    bit1_ bit(1),
    bit8_ bit(8),
    bit12_ bit(12),
    bit64_ bit(64),
    varbit_ varbit,
    varbit5_ varbit(5),
    varbit20_ varbit(20),
    bit_a_ bit(3)[],
    point_ point,
    point_inf_ point,
    line_ line,
    lseg_ lseg,
    box_ box,
    path_ path,
    polygon_ polygon,
    circle_ circle,
    point_a_ point[],
    tsvector_ tsvector,
    tsquery_ tsquery,
    oid_ oid,
    oid_a_ oid[],
    pg_lsn_ pg_lsn,
    xid_ xid,
    xid8_ xid8,
    cid_ cid,
    tid_ tid,
    regclass_ regclass,
    regtype_ regtype,
    pg_snapshot_ pg_snapshot,
    comp_ comp,
    comp_a_ comp[],
    tsvector_a_ tsvector[],
    interval_array_neg_ interval[]
);
ALTER TABLE types REPLICA IDENTITY FULL;
CREATE TABLE r_default (id int PRIMARY KEY, a text, b int, c text DEFAULT 'dflt', d int NOT NULL DEFAULT 7);
CREATE TABLE r_full (id int PRIMARY KEY, a text, b int, c text DEFAULT 'dflt', d int NOT NULL DEFAULT 7); ALTER TABLE r_full REPLICA IDENTITY FULL;
CREATE TABLE r_index (id int PRIMARY KEY, a text, u1 int NOT NULL, u2 text NOT NULL); CREATE UNIQUE INDEX r_index_u ON r_index (u2, u1); ALTER TABLE r_index REPLICA IDENTITY USING INDEX r_index_u;
CREATE TABLE r_index_nopk (id int, a text, u1 int NOT NULL); CREATE UNIQUE INDEX r_index_nopk_u ON r_index_nopk (u1); ALTER TABLE r_index_nopk REPLICA IDENTITY USING INDEX r_index_nopk_u;
CREATE TABLE r_nopk_full (id int, a text); ALTER TABLE r_nopk_full REPLICA IDENTITY FULL;
CREATE TABLE r_nopk_default (id int, a text);
CREATE TABLE r_nopk_unique_full (id int NOT NULL UNIQUE, a text); ALTER TABLE r_nopk_unique_full REPLICA IDENTITY FULL;
CREATE TABLE r_nothing (id int PRIMARY KEY, a text); ALTER TABLE r_nothing REPLICA IDENTITY NOTHING;
CREATE TABLE k_composite (b text, x int, a int, v text, PRIMARY KEY (a, b));
CREATE TABLE k_composite_full (b text, x int, a int, v text, PRIMARY KEY (a, b)); ALTER TABLE k_composite_full REPLICA IDENTITY FULL;
CREATE TABLE k_text (id text PRIMARY KEY, v int);
CREATE TABLE k_uuid (id uuid PRIMARY KEY, v int);
CREATE TABLE k_numeric (id numeric PRIMARY KEY, v int);
CREATE TABLE k_numeric2 (id numeric(10,2) PRIMARY KEY, v int);
CREATE TABLE k_tstz (id timestamptz PRIMARY KEY, v int);
CREATE TABLE k_ts (id timestamp PRIMARY KEY, v int);
CREATE TABLE k_date (id date PRIMARY KEY, v int);
CREATE TABLE k_bytea (id bytea PRIMARY KEY, v int);
CREATE TABLE k_bool (id bool PRIMARY KEY, v int);
CREATE TABLE k_bigint (id bigint PRIMARY KEY, v int);
CREATE TABLE k_char (id char(5) PRIMARY KEY, v int);
CREATE TABLE k_double (id double precision PRIMARY KEY, v int);
CREATE TABLE k_int_a (id int[] PRIMARY KEY, v int);
CREATE TABLE k_inet (id inet PRIMARY KEY, v int);
CREATE TABLE toast_default (id int PRIMARY KEY, n int, t text, b bytea, j jsonb, js json, ta text[], ia int[], h hstore, x xml, vc varchar(100000), num numeric, tv tsvector);
ALTER TABLE toast_default ALTER t SET STORAGE EXTERNAL, ALTER b SET STORAGE EXTERNAL, ALTER j SET STORAGE EXTERNAL, ALTER js SET STORAGE EXTERNAL, ALTER ta SET STORAGE EXTERNAL, ALTER ia SET STORAGE EXTERNAL, ALTER h SET STORAGE EXTERNAL, ALTER x SET STORAGE EXTERNAL, ALTER vc SET STORAGE EXTERNAL, ALTER num SET STORAGE EXTERNAL, ALTER tv SET STORAGE EXTERNAL;
CREATE TABLE toast_full (LIKE toast_default INCLUDING ALL); ALTER TABLE toast_full REPLICA IDENTITY FULL;
CREATE TABLE toast_key (id text PRIMARY KEY, n int, t text); ALTER TABLE toast_key ALTER id SET STORAGE EXTERNAL, ALTER t SET STORAGE EXTERNAL;
CREATE TABLE part (id int, region text, v text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE part_eu PARTITION OF part FOR VALUES IN ('eu'); CREATE TABLE part_us PARTITION OF part FOR VALUES IN ('us');
CREATE TABLE part_full (id int, region text, v text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE part_full_eu PARTITION OF part_full FOR VALUES IN ('eu'); CREATE TABLE part_full_us PARTITION OF part_full FOR VALUES IN ('us');
ALTER TABLE part_full REPLICA IDENTITY FULL; ALTER TABLE part_full_eu REPLICA IDENTITY FULL; ALTER TABLE part_full_us REPLICA IDENTITY FULL;
CREATE TABLE evolve (id int PRIMARY KEY, a text, b int);
CREATE TABLE renamed_from (id int PRIMARY KEY, a text);
CREATE TABLE gen (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE nulldef (id int PRIMARY KEY, i int DEFAULT 5, t text DEFAULT 'x', ts timestamptz DEFAULT now(), n numeric(5,2) DEFAULT 1.5, bo bool DEFAULT true, j jsonb DEFAULT '{}', da date DEFAULT '2024-01-01', nv int DEFAULT nextval('gen_id_seq'), u uuid DEFAULT gen_random_uuid(), ta text[] DEFAULT '{}', tss timestamp DEFAULT '2024-01-01');
CREATE TABLE tr_a (id int PRIMARY KEY); CREATE TABLE tr_b (id int PRIMARY KEY, a int REFERENCES tr_a);
CREATE SCHEMA other; CREATE TABLE other.t (id int PRIMARY KEY, a text);
CREATE TABLE nn_all (id int PRIMARY KEY, s smallint NOT NULL, i int NOT NULL, l bigint NOT NULL, r real NOT NULL, d double precision NOT NULL, n numeric NOT NULL, n2 numeric(10,2) NOT NULL, m money NOT NULL, bo bool NOT NULL, t text NOT NULL, vc varchar(9) NOT NULL, c char(3) NOT NULL, qc "char" NOT NULL, ci citext NOT NULL, x xml NOT NULL, da date NOT NULL, ti time NOT NULL, ti3 time(3) NOT NULL, tz timetz NOT NULL, ts timestamp NOT NULL, ts3 timestamp(3) NOT NULL, tstz timestamptz NOT NULL, iv interval NOT NULL, u uuid NOT NULL, b bytea NOT NULL, j json NOT NULL, jb jsonb NOT NULL, ia int[] NOT NULL, ta text[] NOT NULL, e mood NOT NULL, di d_int NOT NULL, dn d_num NOT NULL, dnn d_int NOT NULL, h hstore NOT NULL, lt ltree NOT NULL, ra int4range NOT NULL, ip inet NOT NULL, ma macaddr NOT NULL, b1 bit(1) NOT NULL, b8 bit(8) NOT NULL, vb varbit NOT NULL, p point NOT NULL, tv tsvector NOT NULL, o oid NOT NULL, nullable text, dflt text DEFAULT 'x' NOT NULL, dnow timestamptz DEFAULT now() NOT NULL, dj jsonb DEFAULT '{}' NOT NULL, da0 int[] DEFAULT '{}' NOT NULL, dexpr text DEFAULT lower('ABC') NOT NULL, dnum numeric(5,2) DEFAULT 1.50 NOT NULL, den mood DEFAULT 'ok' NOT NULL, duu uuid DEFAULT gen_random_uuid() NOT NULL, dda date DEFAULT CURRENT_DATE NOT NULL);
CREATE TABLE toast_arrays (id int PRIMARY KEY, n int, la bigint[], da date[], ua uuid[], tsa timestamp[], tza timestamptz[], ba bool[], na numeric[], dba double precision[], bya bytea[], jba jsonb[], nn text NOT NULL, nnb bytea NOT NULL, nna int[] NOT NULL);
DO $$ DECLARE c text; BEGIN FOREACH c IN ARRAY '{la,da,ua,tsa,tza,ba,na,dba,bya,jba,nn,nnb,nna}'::text[] LOOP EXECUTE format('ALTER TABLE toast_arrays ALTER %I SET STORAGE EXTERNAL', c); END LOOP; END $$;
CREATE TABLE "Quoted Täble" ("Id" int PRIMARY KEY, "Spal te" text, "$x.y" int);
CREATE TABLE done (id int PRIMARY KEY);
