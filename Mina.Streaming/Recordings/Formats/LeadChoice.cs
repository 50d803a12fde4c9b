using System.Diagnostics.CodeAnalysis;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>Which lead of a recording is read.</summary>
public static class LeadChoice
{
    private static readonly string[] Preferred = ["I", "II", "MLII", "ECG"];

    /// <summary>Chooses a lead.</summary>
    /// <param name="leads">Name and unit of every lead, in order.</param>
    /// <param name="wanted">Name (any case) or index from 0; null: I, II, MLII, ECG, else the first in volts, else the first.</param>
    /// <param name="index">The lead's index.</param>
    /// <param name="error">When the wanted lead is not there: the rest of a sentence that begins with the recording's name.</param>
    public static bool TryChoose(IReadOnlyList<(string Name, string Unit)> leads, string? wanted, out int index, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (wanted is null)
        {
            foreach (var name in Preferred)
            {
                index = IndexOf(leads, name);
                if (index >= 0) return true;
            }

            for (index = 0; index < leads.Count; index++)
            {
                if (leads[index].Unit.ToMillivolt() is not null) return true;
            }

            index = 0;
            return true;
        }

        wanted = wanted.Trim();
        index = IndexOf(leads, wanted);
        if (index >= 0) return true;
        if (Numbers.TryInt(wanted, out index) && index >= 0 && index < leads.Count) return true;
        var there = string.Join(", ", leads.Select((lead, i) => lead.Name.Length > 0 ? $"{i}: {lead.Name}" : $"{i}"));
        error = $"has no lead '{Quote.Short(wanted)}': choose one of {there}";
        return false;
    }

    private static int IndexOf(IReadOnlyList<(string Name, string Unit)> leads, string name)
    {
        for (var i = 0; i < leads.Count; i++)
        {
            if (string.Equals(leads[i].Name, name, StringComparison.OrdinalIgnoreCase)) return i;
        }

        return -1;
    }
}
