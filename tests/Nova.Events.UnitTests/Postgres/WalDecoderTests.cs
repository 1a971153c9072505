using System.Text;
using Nova.Events.Postgres.Wal;
using Shouldly;
using Xunit;
using static Nova.Events.UnitTests.Postgres.PgOutputMessage;

namespace Nova.Events.UnitTests.Postgres;

public sealed class WalDecoderTests
{
    private readonly WalDecoder _decoder = new();

    [Fact]
    public void A_transaction_is_its_begin_its_changes_and_its_commit()
    {
        Read(PgOutputMessage.Begin(0x1_0000_0064, 60_000_000)).ShouldBe(WalMessageKind.Begin);
        _decoder.CommitLsn.ShouldBe(0x1_0000_0064ul);
        _decoder.CommittedAt.ShouldBe(new DateTimeOffset(2000, 1, 1, 0, 1, 0, TimeSpan.Zero));
        Read(Relation(16400, "nova", "outbox", "id", "type")).ShouldBeNull();
        Read(Insert(16400, "42", "Pöst")).ShouldBe(WalMessageKind.Insert);
        (_decoder.Relation.Schema, _decoder.Relation.Name, _decoder.Relation.Oid).ShouldBe(("nova", "outbox", 16400u));
        Values().ShouldBe(["42", "Pöst"]);
        Read(PgOutputMessage.Commit(0x1_0000_0064, 0x1_0000_0098)).ShouldBe(WalMessageKind.Commit);
        _decoder.TransactionEndLsn.ShouldBe(0x1_0000_0098ul);
    }

    [Fact]
    public void The_index_counts_every_change_message_of_the_transaction_and_starts_anew_with_the_next()
    {
        for (var transaction = 1ul; transaction <= 2; transaction++)
        {
            Read(PgOutputMessage.Begin(transaction));
            Read(Relation(1, "public", "posts", "id"));
            var indexes = new[] { Insert(1, "a"), Update(1, "b"), Delete(1, "b"), Truncate(1), Logical(true, "any", "x"), Insert(1, "c") }
                .Select(message => { Read(message).ShouldNotBeNull(); return _decoder.ChangeIndex; });
            indexes.ShouldBe([0u, 1u, 2u, 3u, 4u, 5u]);
            Read(PgOutputMessage.Commit(transaction, transaction + 1));
        }
    }

    [Fact]
    public void An_update_shows_what_is_known_of_the_old_row()
    {
        Read(PgOutputMessage.Begin(1));
        Read(Relation(1, "public", "posts", "id", "text"));
        Read(Update(1, "1", "a"));
        _decoder.OldRow.ShouldBe(OldRow.Absent);
        Read(UpdateOf(1, 'K', ["1", null], ["2", "b"]));
        (_decoder.OldRow, Encoding.UTF8.GetString(_decoder.Old.Text(0)), _decoder.Old.IsNull(1)).ShouldBe((OldRow.Identity, "1", true));
        Values().ShouldBe(["2", "b"]);
        Read(UpdateOf(1, 'O', ["2", "b"], ["2", UnchangedToast]));
        (_decoder.OldRow, Encoding.UTF8.GetString(_decoder.Old.Text(1)), _decoder.New.IsUnchangedToast(1)).ShouldBe((OldRow.Whole, "b", true));
        Read(Delete(1, "2"));
        (_decoder.OldRow, Encoding.UTF8.GetString(_decoder.Old.Text(0))).ShouldBe((OldRow.Identity, "2"));
    }

    [Fact]
    public void A_truncation_names_its_tables_and_one_that_was_not_described_is_refused()
    {
        Read(PgOutputMessage.Begin(1));
        Read(Relation(1, "public", "posts", "id"));
        Read(Relation(2, "public", "likes", "id"));
        Read(Truncate(2, 1)).ShouldBe(WalMessageKind.Truncate);
        _decoder.Truncated.Select(relation => relation.Name).ShouldBe(["likes", "posts"]);
        Should.Throw<WalProtocolException>(() => Read(Truncate(3)));
    }

    [Fact]
    public void A_description_within_a_transaction_takes_no_index()
    {
        Read(PgOutputMessage.Begin(1));
        Read(Relation(1, "public", "posts", "id"));
        Read(Insert(1, "a"));
        Read(PgOutputMessage.Of('Y')).ShouldBeNull();
        Read(PgOutputMessage.Of('O')).ShouldBeNull();
        Read(Relation(2, "public", "likes", "id"));
        Read(Insert(2, "b"));
        _decoder.ChangeIndex.ShouldBe(1u);
    }

    [Fact]
    public void A_transactional_message_shows_its_prefix_and_content()
    {
        Read(PgOutputMessage.Begin(1));
        Read(Logical(true, "nova.heartbeat", "main")).ShouldBe(WalMessageKind.LogicalMessage);
        (_decoder.Transactional, _decoder.Prefix, Encoding.UTF8.GetString(_decoder.Content.Span)).ShouldBe((true, "nova.heartbeat", "main"));
    }

    [Fact]
    public void A_message_outside_transactions_needs_no_begin_and_takes_no_index()
    {
        Read(Logical(false, "note", "")).ShouldBe(WalMessageKind.LogicalMessage);
        _decoder.Transactional.ShouldBeFalse();
        Read(PgOutputMessage.Begin(1));
        Read(Logical(false, "note", "x"));
        Read(Logical(true, "note", "y"));
        _decoder.ChangeIndex.ShouldBe(0u);
    }

    [Fact]
    public void A_table_that_is_changed_in_mid_stream_is_a_new_relation_from_its_next_description_on()
    {
        Read(PgOutputMessage.Begin(1));
        Read(Relation(1, "public", "posts", "id", "text"));
        Read(Insert(1, "1", "old"));
        var before = _decoder.Relation;
        Read(Relation(1, "public", "posts", "id", "author", "text"));
        Read(Insert(1, "2", "ann", "new"));
        _decoder.Relation.ShouldNotBeSameAs(before);
        (before.IndexOf("text"), _decoder.Relation.IndexOf("text"), _decoder.Relation.IndexOf("Text")).ShouldBe((1, 2, -1));
        Values().ShouldBe(["2", "ann", "new"]);
    }

    [Fact]
    public void Null_empty_and_unchanged_values_are_told_apart()
    {
        Read(PgOutputMessage.Begin(1));
        Read(Relation(1, "public", "posts", "a", "b", "c"));
        Read(Update(1, null, "", UnchangedToast));
        var row = _decoder.New;
        (row.IsNull(0), row.IsNull(1), row.IsNull(2)).ShouldBe((true, false, false));
        (row.IsUnchangedToast(0), row.IsUnchangedToast(1), row.IsUnchangedToast(2)).ShouldBe((false, false, true));
        Values().ShouldBe(["", "", ""]);
        Should.Throw<ArgumentOutOfRangeException>(() => row.IsNull(3));
    }

    [Fact]
    public void A_longer_row_after_a_shorter_one_shows_its_own_columns()
    {
        Read(PgOutputMessage.Begin(1));
        Read(Relation(1, "public", "posts", "a"));
        Read(Insert(1, "1"));
        Read(Relation(2, "public", "likes", "a", "b", "c"));
        Read(Insert(2, "1", "2", "3"));
        Values().ShouldBe(["1", "2", "3"]);
        Read(Insert(1, "4"));
        Values().ShouldBe(["4"]);
    }

    [Fact]
    public void A_change_outside_a_transaction_is_against_the_protocol()
    {
        Read(Relation(1, "public", "posts", "a"));
        Refused(Insert(1, "1")).ShouldBe("A change came outside a transaction.");
        Refused(Logical(true, "note", "")).ShouldBe("A change came outside a transaction.");
    }

    [Fact]
    public void A_commit_must_end_the_transaction_that_began()
    {
        Read(PgOutputMessage.Begin(0x64));
        Refused(PgOutputMessage.Commit(0x65, 0x70)).ShouldBe("Commit at 0/65 does not end the transaction begun for 0/64.");
        Read(PgOutputMessage.Commit(0x64, 0x70));
        Refused(PgOutputMessage.Commit(0x64, 0x70)).ShouldContain("does not end");
    }

    [Fact]
    public void A_change_of_an_undescribed_table_is_against_the_protocol()
    {
        Read(PgOutputMessage.Begin(1));
        Refused(Insert(7, "1")).ShouldBe("A change of relation 7 came before its description.");
    }

    [Fact]
    public void An_unknown_message_is_refused_and_a_stray_stream_abort_is_not()
    {
        Refused(PgOutputMessage.Of('?')).ShouldStartWith("Unknown pgoutput message '?'.");
        Read(PgOutputMessage.Of('A')).ShouldBeNull();
    }

    private WalMessageKind? Read(PgOutputMessage message)
    {
        var bytes = message.ToArray();
        // The real buffer is longer than the message.
        return _decoder.Decode([0xee, .. bytes, 0xff, 0xff], 1, bytes.Length) ? _decoder.Kind : null;
    }

    private string Refused(PgOutputMessage message) => Should.Throw<WalProtocolException>(() => Read(message)).Message;

    private string[] Values() => [.. Enumerable.Range(0, _decoder.New.Count).Select(column => Encoding.UTF8.GetString(_decoder.New.Text(column)))];
}
