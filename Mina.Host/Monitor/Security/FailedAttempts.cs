using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Mina.Host.Monitor.Security;

/// <summary>
/// Counts, logs and limits wrong tokens by the address they came from. An address with too many in a minute is refused until the minute is
/// over; a browser that has a cookie is not affected. Every member may be used from any thread.
/// </summary>
internal sealed class FailedAttempts(MonitorMetrics metrics, TimeProvider time, ILogger<FailedAttempts> log)
{
    /// <summary>Wrong tokens that an address may give in <see cref="Period"/>.</summary>
    public const int Max = 10;

    /// <summary>How long a wrong token counts.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private const int MaxAddresses = 10_000;

    private readonly ConcurrentDictionary<IPAddress, (long Since, int Count)> _counts = new();

    /// <summary>Whether an address has to wait.</summary>
    public bool AreTooMany(IPAddress? from) =>
        _counts.TryGetValue(KeyOf(from), out var found) && found.Count >= Max && time.GetElapsedTime(found.Since) < Period;

    /// <summary>Counts a wrong token.</summary>
    /// <param name="edge">The edge by which it came.</param>
    /// <param name="from">The address it came from.</param>
    public void Count(string edge, IPAddress? from)
    {
        metrics.AuthenticationFailed(edge);
        if (_counts.Count >= MaxAddresses)
        {
            foreach (var (address, found) in _counts.Where(kept => time.GetElapsedTime(kept.Value.Since) >= Period))
                _counts.TryRemove(KeyValuePair.Create(address, found));
        }

        // With so many addresses at once, the new ones share one count.
        var key = _counts.Count < MaxAddresses ? KeyOf(from) : IPAddress.Any;
        var now = time.GetTimestamp();
        var counted = _counts.AddOrUpdate(
            key,
            _ => (now, 1),
            (_, old) => time.GetElapsedTime(old.Since, now) >= Period ? (now, 1) : (old.Since, old.Count + 1));
        if (counted.Count is 1 or Max)
            log.LogWarning("A wrong token came by {Edge} from {Address}{More}", edge, from, counted.Count == Max ? "; it is not listened to for a minute" : "");
    }

    // The holder of an IPv6 address usually has the whole /64 network.
    private static IPAddress KeyOf(IPAddress? from)
    {
        if (from is null)
            return IPAddress.None;
        if (from.IsIPv4MappedToIPv6)
            return from.MapToIPv4();
        if (from.AddressFamily != AddressFamily.InterNetworkV6)
            return from;
        var bytes = from.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new IPAddress(bytes);
    }
}
