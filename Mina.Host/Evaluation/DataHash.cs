using System.Security.Cryptography;
using System.Text;

namespace Mina.Host.Evaluation;

/// <summary>
/// SHA-256 of several inputs as one: of the lines <c>hash  name</c> that <c>sha256sum</c> would print of them, in the order in which they were
/// read.
/// </summary>
internal sealed class DataHash : IDisposable
{
    private readonly IncrementalHash _all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Takes an input.</summary>
    /// <param name="name">Its name, without the folder that it was found in.</param>
    /// <param name="bytes">All of it.</param>
    public void Add(string name, ReadOnlySpan<byte> bytes) =>
        _all.AppendData(Encoding.UTF8.GetBytes($"{Convert.ToHexStringLower(SHA256.HashData(bytes))}  {name}\n"));

    /// <summary>The hash of what was taken so far, in lower-case hexadecimal.</summary>
    public string Current => Convert.ToHexStringLower(_all.GetCurrentHash());

    /// <inheritdoc/>
    public void Dispose() => _all.Dispose();
}
