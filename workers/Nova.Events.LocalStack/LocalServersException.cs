namespace Nova.Events.LocalStack;

/// <summary>A server could not be had. The message names the cause and the remedy and is meant to be shown as it is.</summary>
public sealed class LocalServersException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LocalServersException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public LocalServersException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception without a message.</summary>
    public LocalServersException()
    {
    }
}
