using System.IO.Enumeration;

namespace Mina.Host.Monitor.Security;

/// <summary>What somebody may do; each role may do what those before it may.</summary>
public enum AccessRole
{
    /// <summary>A device: sends samples to its own streams, and reads nothing.</summary>
    Device,

    /// <summary>Reads page and API.</summary>
    View,

    /// <summary>Acknowledges alarms, and pauses beds.</summary>
    Acknowledge,

    /// <summary>Reviews episodes and spans.</summary>
    Review,

    /// <summary>Manages beds, removes streams, reads the audit, and sends samples to any stream.</summary>
    Admin,
}

/// <summary>What a token gives.</summary>
/// <param name="Name">Whose it is; null: that of the setting <c>Token</c>, which is nobody's in particular.</param>
/// <param name="Role">What that person or device may do.</param>
/// <param name="Streams">Of a device, the names of its streams, where * stands for any characters and ? for one.</param>
/// <param name="Hash">SHA-256 of the token, in lower-case hexadecimal digits.</param>
internal sealed record AccessGrant(string? Name, AccessRole Role, IReadOnlyList<string> Streams, string Hash)
{
    /// <summary>Whether it includes a role. A device's includes no other.</summary>
    public bool May(AccessRole role) => Role == role || (Role > role && role != AccessRole.Device);

    /// <summary>Whether it may send to a stream.</summary>
    public bool MaySend(string stream) =>
        Role == AccessRole.Admin || (Role == AccessRole.Device && Streams.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, stream, false)));
}
