using System.Security.Cryptography;
using System.Text;

namespace Mina.Host.Evaluation;

/// <summary>
/// The SHA-256 of several inputs together: the hash of the lines <c>hash  name</c> that <c>sha256sum</c> would print for them, in the order in
/// which they were read.
/// </summary>
internal sealed class DataHash : IDisposable
{
    private readonly IncrementalHash _all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds an input.</summary>
    /// <param name="name">The name of the input, without its folder.</param>
    /// <param name="bytes">The whole input.</param>
    public void Add(string name, ReadOnlySpan<byte> bytes) =>
        _all.AppendData(Encoding.UTF8.GetBytes($"{Convert.ToHexStringLower(SHA256.HashData(bytes))}  {name}\n"));

    /// <summary>The hash of the inputs so far, in lower-case hexadecimal.</summary>
    public string Current => Convert.ToHexStringLower(_all.GetCurrentHash());

    /// <inheritdoc/>
    public void Dispose() => _all.Dispose();
}
