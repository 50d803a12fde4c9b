using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mina.Host.Monitor.Security;

/// <summary>The token that the monitor demands, and the cookie that a browser is given for it. Comparing takes as long for any input.</summary>
internal sealed class AccessToken
{
    /// <summary>How long a browser need not give the token again.</summary>
    public static readonly TimeSpan CookieLifetime = TimeSpan.FromDays(30);

    private readonly byte[]? _token;
    private readonly TimeProvider _time;

    /// <summary>The token of the settings.</summary>
    /// <param name="token">Null or empty: none is demanded.</param>
    /// <param name="time">The clock of the cookie's end.</param>
    public AccessToken(string? token, TimeProvider time)
    {
        _token = string.IsNullOrEmpty(token) ? null : Encoding.UTF8.GetBytes(token);
        _time = time;
    }

    /// <summary>Whether there is one.</summary>
    public bool IsDemanded => _token is not null;

    /// <summary>Whether a text is the token.</summary>
    public bool Matches(string? given) =>
        _token is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given ?? "")), SHA256.HashData(_token));

    /// <summary>A cookie that shows no more than that its bearer knew the token, and until when that counts.</summary>
    public string MakeCookie()
    {
        var until = (_time.GetUtcNow() + CookieLifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{until}.{Sign(until)}";
    }

    /// <summary>Whether a cookie is one of ours, and has not ended.</summary>
    public bool IsCookie(string? cookie)
    {
        if (_token is null || cookie?.Split('.') is not [var until, var signature])
            return false;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(until)))
            && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > _time.GetUtcNow().ToUnixTimeSeconds();
    }

    private string Sign(string until) => Convert.ToHexStringLower(HMACSHA256.HashData(_token!, Encoding.UTF8.GetBytes($"mina page {until}")));
}
