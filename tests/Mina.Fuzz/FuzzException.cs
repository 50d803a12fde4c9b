namespace Mina.Fuzz;

/// <summary>An input for which a parser breaks its word without an exception of its own.</summary>
internal sealed class FuzzException(string message) : Exception(message)
{
    /// <summary>Throws unless a claim holds.</summary>
    public static void ThrowUnless(bool holds, string claim)
    {
        if (!holds)
            throw new FuzzException($"it does not hold that {claim}");
    }
}
