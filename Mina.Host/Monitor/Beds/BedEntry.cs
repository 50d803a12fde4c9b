using Mina.Streaming.Files;
using Mina.Streaming.Live;

namespace Mina.Host.Monitor.Beds;

/// <summary>What somebody says of a bed that has a patient.</summary>
/// <param name="Name">Its name: 1 to 40 characters on one line, without slashes.</param>
/// <param name="Unit">The ward or room that it belongs to, at most 40 characters; null or empty: none.</param>
/// <param name="Patient">A label of the patient, at most 80 characters; null or empty: none.</param>
/// <param name="Stream">The stream that feeds it; null or empty: the one of the bed's name.</param>
/// <param name="Paced">Whether the patient has a pacemaker.</param>
/// <param name="AFAlarmOff">Whether AF is to raise no alarm.</param>
public sealed record BedEntry(
    string Name, string? Unit = null, string? Patient = null, string? Stream = null, bool Paced = false, bool AFAlarmOff = false)
{
    /// <summary>The longest pause: a bed that was forgotten is monitored again within a day.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(24);

    private const int MaxName = 40;
    private const int MaxPatient = 80;
    private const int MaxReason = 100;

    /// <summary>The stream that feeds it.</summary>
    public string Feed => string.IsNullOrWhiteSpace(Stream) ? Name.Trim() : Stream.Trim();

    /// <summary>What is wrong with it, in one sentence without a full stop; null: nothing.</summary>
    public string? Fault =>
        Fits(Name, MaxName) is false || Name.IndexOfAny(['/', '\\']) >= 0 ? "a bed's name has 1 to 40 characters on one line, without slashes"
        : Unit is { Length: > 0 } && !Fits(Unit, MaxName) ? "a unit has at most 40 characters on one line"
        : Patient is { Length: > 0 } && !Fits(Patient, MaxPatient) ? "a patient's label has at most 80 characters on one line"
        : !StreamName.IsValid(Feed) ? $"a bed's stream, {PlainText.Clean(Feed)}, is no name of a stream; say which stream feeds the bed"
        : null;

    /// <summary>What is wrong with a pause, in one sentence without a full stop; null: nothing.</summary>
    public static string? FindPauseFault(string? reason, DateTimeOffset until, DateTimeOffset now) =>
        !Fits(reason, MaxReason) ? "a pause has a reason, of 1 to 100 characters on one line"
        : until <= now ? "a pause ends in the future"
        : until > now + LongestPause ? "a pause ends within 24 hours; pause again, or discharge the bed"
        : null;

    internal static string? Trim(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static bool Fits(string? text, int max) => text?.Trim() is { Length: > 0 } trimmed && trimmed.Length <= max && PlainText.IsPlain(trimmed);
}

/// <summary>What became of a change to a bed.</summary>
/// <param name="Bed">The bed after it; null: it was refused.</param>
/// <param name="Refusal">Why it was refused.</param>
/// <param name="Reason">The same in a sentence without a full stop.</param>
public sealed record BedOutcome(BedStatus? Bed, BedRefusal? Refusal = null, string? Reason = null);

/// <summary>Why a change to a bed is refused.</summary>
public enum BedRefusal
{
    /// <summary>What was said makes no sense.</summary>
    Wrong,

    /// <summary>There is no such bed.</summary>
    NotFound,

    /// <summary>It does not go with what is.</summary>
    Conflict,
}
