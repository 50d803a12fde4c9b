using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Mina.Preprocess;

namespace Mina.Host.Monitor.Security;

/// <summary>
/// Whom the monitor lets in: the token of the settings, which may do all, and those of the file, each with a name and a role. Any thread.
/// </summary>
internal sealed class AccessTokens
{
    /// <summary>How long a browser does not have to give the token again.</summary>
    public static readonly TimeSpan CookieLifetime = TimeSpan.FromDays(30);

    private readonly AccessGrant? _single;
    private readonly TokenFile? _file;
    private readonly TimeProvider _time;
    private readonly IDataProtector _cookies;
    private volatile FrozenDictionary<string, AccessGrant>? _named;
    private (DateTime, long) _stamp;

    /// <summary>The tokens of the settings and of the file.</summary>
    /// <param name="token">The token of the settings; null or empty: none.</param>
    /// <param name="file">The file; null: none.</param>
    /// <param name="time">The clock by which cookies expire.</param>
    /// <param name="keys">Protect cookies.</param>
    /// <exception cref="ProblemException">The file cannot be read.</exception>
    public AccessTokens(string? token, TokenFile? file, TimeProvider time, IDataProtectionProvider keys)
    {
        _single = string.IsNullOrEmpty(token) ? null : new AccessGrant(null, AccessRole.Admin, [], TokenFile.Hash(token));
        (_file, _time, _cookies) = (file, time, keys.CreateProtector("mina page"));
        Look();
    }

    /// <summary>Whether a token is demanded.</summary>
    public bool IsDemanded => _single is not null || _named is not null;

    /// <summary>Called when the file's tokens are others.</summary>
    public event Action? Changed;

    /// <summary>Takes the tokens of the settings: those of <see cref="TokenFile.Of"/>, and keys for cookies in a folder beside the database.</summary>
    public static AccessTokens Of(MonitorOptions options, TimeProvider time)
    {
        var database = Path.GetFullPath(options.Database);
        return new AccessTokens(
            options.Token,
            TokenFile.Of(options),
            time,
            string.Equals(options.Store, "memory", StringComparison.OrdinalIgnoreCase)
                ? new EphemeralDataProtectionProvider()
                : DataProtectionProvider.Create(new DirectoryInfo(Path.ChangeExtension(database, ".keys")), builder => builder.SetApplicationName("mina")));
    }

    /// <summary>What a token gives; null: nothing.</summary>
    public AccessGrant? Find(string? token) => token is { Length: > 0 } ? OfHash(TokenFile.Hash(token)) : null;

    /// <summary>What the token of a hash gives now; null: it is revoked, or there never was one.</summary>
    public AccessGrant? OfHash(string? hash) => hash is null ? null
        : _single is { } single && single.Hash == hash ? single
        : _named?.GetValueOrDefault(hash);

    /// <summary>Makes a cookie that proves only that its bearer knew a token, and until when it is valid.</summary>
    public string MakeCookie(AccessGrant grant) => _cookies.Protect(
        string.Create(CultureInfo.InvariantCulture, $"{(_time.GetUtcNow() + CookieLifetime).ToUnixTimeSeconds()}.{grant.Hash}"));

    /// <summary>What a cookie gives; null: it was not made by this monitor, has expired, or its token is revoked.</summary>
    public AccessGrant? OfCookie(string? cookie)
    {
        if (cookie is null)
            return null;
        try
        {
            return _cookies.Unprotect(cookie).Split('.') is [var until, var hash]
                && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > _time.GetUtcNow().ToUnixTimeSeconds()
                    ? OfHash(hash) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Reads the file again where it has changed. One that cannot be read changes nothing.</summary>
    /// <exception cref="ProblemException">It cannot be read.</exception>
    public void Look()
    {
        if (_file is null)
            return;
        var info = new FileInfo(_file.Location);
        var stamp = info.Exists ? (info.LastWriteTimeUtc, info.Length) : default;
        if (stamp == _stamp)
            return;
        _named = info.Exists
            ? _file.Read().GroupBy(one => one.Sha256).Select(same => same.First())
                .ToFrozenDictionary(one => one.Sha256, one => new AccessGrant(one.Name, one.Role, one.Streams, one.Sha256), StringComparer.Ordinal)
            // A file that has gone opens nothing that it kept closed.
            : _named is null ? null : FrozenDictionary<string, AccessGrant>.Empty;
        _stamp = stamp;
        Changed?.Invoke();
    }
}
