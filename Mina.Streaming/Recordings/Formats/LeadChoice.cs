using System.Diagnostics.CodeAnalysis;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>
/// Which channel of a recording is read: the one place that decides it, for every format. An EEG, a respiration, a pressure or a pulse wave is
/// never taken unless the user names it.
/// </summary>
public static class LeadChoice
{
    private static readonly string[] Preferred = ["I", "II", "MLII"];

    /// <summary>Chooses a lead.</summary>
    /// <param name="leads">Name and unit of every channel, in order.</param>
    /// <param name="wanted">
    /// Name (any case, with or without "ECG" or "Lead" ahead of it) or index from 0. Null: I, II, MLII, ECG, else the first with the name of an ECG
    /// lead; where names say nothing, the first in volts, unless another channel in volts is known to be no ECG.
    /// </param>
    /// <param name="index">The lead's index.</param>
    /// <param name="error">When there is no such lead: the rest of a sentence that begins with the recording's name.</param>
    public static bool TryChoose(IReadOnlyList<(string Name, string Unit)> leads, string? wanted, out int index, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (wanted is null)
        {
            index = Usual(leads);
            if (index >= 0) return true;
            var channels = List(leads, withUnits: true);
            error = $"has no channel that is known to be an ECG: its channels are {channels}; if one of them is an ECG, name it with --lead";
            return false;
        }

        wanted = wanted.Trim();
        index = IndexOf(leads, lead => string.Equals(lead.Name, wanted, StringComparison.OrdinalIgnoreCase));
        if (index >= 0) return true;
        if (Numbers.TryInt(wanted, out index) && index >= 0 && index < leads.Count) return true;
        var name = LeadNames.LeadOf(wanted);
        index = name is null ? -1 : IndexOf(leads, lead => LeadNames.LeadOf(lead.Name) == name);
        if (index >= 0) return true;
        error = $"has no lead '{Quote.Short(wanted)}': choose one of {List(leads, withUnits: false)}";
        return false;
    }

    private static int Usual(IReadOnlyList<(string Name, string Unit)> leads)
    {
        var kinds = leads.Select(lead => LeadNames.KindOf(lead.Name, lead.Unit)).ToArray();
        foreach (var preferred in Preferred)
        {
            var index = IndexOf(leads, lead => LeadNames.LeadOf(lead.Name) == preferred && LeadNames.KindOf(lead.Name, lead.Unit) == ChannelKind.Ecg);
            if (index >= 0) return index;
        }

        var ecg = IndexOf(leads, lead => lead.Name.ToUpperInvariant() is "ECG" or "EKG" && LeadNames.KindOf(lead.Name, lead.Unit) == ChannelKind.Ecg);
        if (ecg >= 0) return ecg;
        // aVR looks at the heart from the other side, so any other lead goes before it.
        var upright = Enumerable.Range(0, leads.Count).Where(i => kinds[i] == ChannelKind.Ecg).OrderBy(i => LeadNames.LeadOf(leads[i].Name) == "AVR").ToArray();
        if (upright.Length > 0) return upright[0];

        var volts = Enumerable.Range(0, leads.Count).Where(i => leads[i].Unit.ToMillivolt() is not null).ToArray();
        if (volts.Length > 0) return volts.All(i => kinds[i] == ChannelKind.Unknown) ? volts[0] : -1;
        return leads.Count == 1 && kinds[0] == ChannelKind.Unknown ? 0 : -1;
    }

    private static int IndexOf(IReadOnlyList<(string Name, string Unit)> leads, Func<(string Name, string Unit), bool> isWanted)
    {
        for (var i = 0; i < leads.Count; i++)
        {
            if (isWanted(leads[i])) return i;
        }

        return -1;
    }

    private const int MaxListed = 40;

    private static string List(IReadOnlyList<(string Name, string Unit)> leads, bool withUnits)
    {
        var shown = leads.Take(MaxListed).Select((lead, i) =>
            (lead.Name.Length > 0 ? $"{i}: {Quote.Short(lead.Name)}" : $"{i}") + (withUnits && lead.Unit.Length > 0 ? $" ({Quote.Short(lead.Unit)})" : ""));
        return string.Join(", ", shown) + (leads.Count > MaxListed ? $" and {leads.Count - MaxListed} more" : "");
    }

    /// <summary>Indexes of the leads that are ECGs by name and unit, and of the one that would be read.</summary>
    /// <param name="leads">The leads, in the file's order.</param>
    /// <param name="chosen">The lead that would be read.</param>
    internal static IReadOnlyList<int> EcgsAmong(IReadOnlyList<RecordingLead> leads, int chosen) =>
        [.. Enumerable.Range(0, leads.Count).Where(i => i == chosen || LeadNames.KindOf(leads[i].Name, leads[i].Unit) == ChannelKind.Ecg)];
}
