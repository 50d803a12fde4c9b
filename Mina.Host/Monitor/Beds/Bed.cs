namespace Mina.Host.Monitor.Beds;

/// <summary>A bed as it is stored: the place of a patient, fed by one stream.</summary>
/// <param name="Name">Its name, by which it is known; unique.</param>
/// <param name="Unit">The ward or room that it belongs to; null: none.</param>
/// <param name="Patient">A label of the patient, if the site wants one on the page; null: none.</param>
/// <param name="Stream">The stream that feeds it. No two beds with patients have one stream.</param>
/// <param name="Admitted">When the patient was admitted, by the server's clock.</param>
public sealed record Bed(string Name, string? Unit, string? Patient, string Stream, DateTimeOffset Admitted)
{
    /// <summary>When the patient was discharged; null: the bed has its patient.</summary>
    public DateTimeOffset? Discharged { get; init; }

    /// <summary>The latest pause, which may be over; null: there was none.</summary>
    public BedPause? Pause { get; init; }

    /// <summary>Whether the patient has a pacemaker. It is shown, and changes no verdict.</summary>
    public bool Paced { get; init; }

    /// <summary>Since when AF raises no alarm; null: it does.</summary>
    public DateTimeOffset? AFAlarmOff { get; init; }

    /// <summary>The bed at an instant.</summary>
    public BedStatus At(DateTimeOffset now)
    {
        var pause = Discharged is null && Pause is { } last && last.Holds(now) ? last : null;
        return new BedStatus(
            Name,
            Unit,
            Patient,
            Stream,
            Discharged is not null ? BedState.Discharged : pause is not null ? BedState.Paused : BedState.Admitted,
            Admitted,
            Discharged,
            pause?.Until,
            pause?.Reason,
            Paced,
            AFAlarmOff is not null);
    }
}

/// <summary>A time during which a bed raises no alarm.</summary>
/// <param name="From">Its beginning, by the server's clock.</param>
/// <param name="Until">Its end.</param>
/// <param name="Reason">Why.</param>
public sealed record BedPause(DateTimeOffset From, DateTimeOffset Until, string Reason)
{
    /// <summary>Whether an instant lies in it.</summary>
    public bool Holds(DateTimeOffset at) => at >= From && at < Until;
}

/// <summary>What a bed is in.</summary>
public enum BedState
{
    /// <summary>It has a patient, who is monitored.</summary>
    Admitted,

    /// <summary>It has a patient, and raises no alarm until its pause ends.</summary>
    Paused,

    /// <summary>It has no patient: it is not on the wall, and raises no alarm.</summary>
    Discharged,
}

/// <summary>A bed as page and API show it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Unit">The ward or room that it belongs to; null: none.</param>
/// <param name="Patient">A label of the patient; null: none.</param>
/// <param name="Stream">The stream that feeds it.</param>
/// <param name="State">Whether it has a patient, and raises alarms.</param>
/// <param name="Admitted">When the patient was admitted.</param>
/// <param name="Discharged">When the patient was discharged; null: the bed has its patient.</param>
/// <param name="PausedUntil">When its pause ends; null: it is not paused.</param>
/// <param name="PauseReason">Why it is paused.</param>
/// <param name="Paced">Whether the patient has a pacemaker. It is shown, and changes no verdict.</param>
/// <param name="AFAlarmOff">Whether AF raises no alarm.</param>
public sealed record BedStatus(
    string Name,
    string? Unit,
    string? Patient,
    string Stream,
    BedState State,
    DateTimeOffset Admitted,
    DateTimeOffset? Discharged,
    DateTimeOffset? PausedUntil,
    string? PauseReason,
    bool Paced,
    bool AFAlarmOff);
