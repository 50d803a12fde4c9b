namespace Mina.Streaming.Recordings;

/// <summary>
/// What the user gave cannot be worked with at all: a path that is not there, a label file with a bad line.
/// The message is one sentence to show as it is: what, where, what to do. (One bad recording is a
/// <see cref="Preprocess.Rejection"/> instead.)
/// </summary>
public sealed class InputException : Exception
{
    /// <inheritdoc cref="InputException"/>
    public InputException(string message)
        : base(message)
    {
    }

    /// <inheritdoc cref="InputException"/>
    public InputException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
