namespace Mina.Host.Monitor.Audit;

/// <summary>What somebody did.</summary>
public enum AuditAction
{
    /// <summary>Signed in on the page.</summary>
    SignedIn,

    /// <summary>Looked at a stream or an episode on the page.</summary>
    Viewed,

    /// <summary>Took data out: ECG, CSV, annotations, FHIR resources.</summary>
    Exported,

    /// <summary>Acknowledged an alarm.</summary>
    Acknowledged,

    /// <summary>Reviewed an episode or a span.</summary>
    Reviewed,

    /// <summary>Paused a bed, or ended its pause.</summary>
    Paused,

    /// <summary>Changed a bed, or removed a stream.</summary>
    Changed,
}

/// <summary>An entry of the audit log. It is added and never changes.</summary>
/// <param name="At">When, by the server's clock; no two entries have one time.</param>
/// <param name="Who">The name of the token, else what the person said; null: nobody in particular.</param>
/// <param name="Action">What.</param>
/// <param name="About">The alarm, episode, stream, bed or address that it is about.</param>
/// <param name="Address">The network address that it came from; null: not known.</param>
public sealed record AuditEntry(DateTimeOffset At, string? Who, AuditAction Action, string? About, string? Address);
