namespace Nova.Events.Cli.Workload;

/// <summary>What a user does.</summary>
internal enum ActionKind
{
    Publish,
    Edit,
    Like,
    Unlike,
    Comment,
    Follow,
    ChangePreferences,
    Impression,
    View,
    Share,
}

/// <summary>One thing that one user does; a write of data with its event in one transaction, or a client event.</summary>
/// <param name="Kind">What.</param>
/// <param name="UserId">Who.</param>
/// <param name="PostId">With which post; 0 without one.</param>
/// <param name="AuthorId">Whose post, or who is followed. Actions on one author are carried out in order.</param>
internal readonly record struct SocialAction(ActionKind Kind, long UserId, long PostId, long AuthorId)
{
    /// <summary>True where a client tells the API; false where a service writes to its database.</summary>
    public bool IsClientEvent => Kind is ActionKind.Impression or ActionKind.View or ActionKind.Share;
}
