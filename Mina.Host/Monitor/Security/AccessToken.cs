using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mina.Host.Monitor.Security;

/// <summary>The token that the monitor demands, and the cookie that a browser is given for it. A comparison takes the same time for any input.</summary>
internal sealed class AccessToken
{
    /// <summary>How long a browser does not have to give the token again.</summary>
    public static readonly TimeSpan CookieLifetime = TimeSpan.FromDays(30);

    private readonly byte[]? _token;
    private readonly TimeProvider _time;

    /// <summary>The token of the settings.</summary>
    /// <param name="token">The token; null or empty: none is demanded.</param>
    /// <param name="time">The clock by which cookies expire.</param>
    public AccessToken(string? token, TimeProvider time)
    {
        _token = string.IsNullOrEmpty(token) ? null : Encoding.UTF8.GetBytes(token);
        _time = time;
    }

    /// <summary>Whether a token is demanded.</summary>
    public bool IsDemanded => _token is not null;

    /// <summary>Whether a text is the token.</summary>
    public bool Matches(string? given) =>
        _token is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given ?? "")), SHA256.HashData(_token));

    /// <summary>Makes a cookie that proves only that its bearer knew the token, and until when it is valid.</summary>
    public string MakeCookie()
    {
        var until = (_time.GetUtcNow() + CookieLifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{until}.{Sign(until)}";
    }

    /// <summary>Whether a cookie was made by this monitor, and has not expired.</summary>
    public bool IsCookie(string? cookie)
    {
        if (_token is null || cookie?.Split('.') is not [var until, var signature])
            return false;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(until)))
            && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > _time.GetUtcNow().ToUnixTimeSeconds();
    }

    private string Sign(string until) => Convert.ToHexStringLower(HMACSHA256.HashData(_token!, Encoding.UTF8.GetBytes($"mina page {until}")));
}
