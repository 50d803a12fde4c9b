namespace Mina.Preprocess;

/// <summary>
/// Something that the person at the keyboard, or whoever wrote the input, can put right. The message is one sentence to show as it is:
/// what is wrong, where, and what to do; it claims nothing that was not checked.
/// </summary>
/// <remarks>
/// The one exception for such problems in all rooms; anything else that escapes is a bug. A single recording that cannot be used never
/// raises it: that is a <see cref="Rejection"/>, which is counted by its reason while the others go on.
/// </remarks>
public sealed class ProblemException : Exception
{
    /// <summary>Creates a problem from its sentence.</summary>
    public ProblemException(string message)
        : base(message)
    {
    }

    /// <summary>Creates a problem from its sentence and the failure that caused it.</summary>
    public ProblemException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}
