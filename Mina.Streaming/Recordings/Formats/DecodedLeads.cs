using System.Diagnostics.CodeAnalysis;

namespace Mina.Streaming.Recordings.Formats;

/// <summary>A lead of a file that is decoded whole.</summary>
/// <param name="Name">As the file names it.</param>
/// <param name="Unit">The samples' unit in the file.</param>
/// <param name="Fs">Sampling frequency, Hz.</param>
/// <param name="Decode">Gives the samples in mV.</param>
internal sealed record DecodedLead(string Name, string Unit, double Fs, Func<float[]> Decode);

/// <summary>
/// Leads of a file that holds I and II, from which the other limb leads follow: III = II - I, aVR = -(I + II) / 2, aVL = I - II / 2 and
/// aVF = II - I / 2 (Einthoven, Goldberger). Recorders of twelve leads often store only eight.
/// </summary>
/// <param name="leads">The leads that the file holds.</param>
internal sealed class DecodedLeads(IReadOnlyList<DecodedLead> leads)
{
    private static readonly (string Name, float OfI, float OfII)[] Derived = [("III", -1, 1), ("aVR", -0.5f, -0.5f), ("aVL", 1, -0.5f), ("aVF", -0.5f, 1)];

    /// <summary>Opens the lead that is wanted; a limb lead that is not stored is computed where it is asked for.</summary>
    /// <param name="wanted">As <see cref="ReadOptions.Lead"/>. Derived leads have the indexes behind those that are stored.</param>
    /// <param name="reader">The lead's reader, without start and person.</param>
    /// <param name="error">What is wrong, as the rest of a sentence that begins with the file's name.</param>
    public bool TryOpen(string? wanted, [NotNullWhen(true)] out Func<DateTime?, string?, DecodedReader>? reader, [NotNullWhen(false)] out string? error)
    {
        reader = null;
        var (one, two) = (IndexOf("I"), IndexOf("II"));
        var derived = one >= 0 && two >= 0 && leads[one].Fs == leads[two].Fs && leads[one].Unit == leads[two].Unit
            ? Derived.Where(lead => IndexOf(lead.Name) < 0).ToArray()
            : [];
        var all = leads.Select(lead => new RecordingLead(lead.Name, lead.Unit, lead.Fs))
            .Concat(derived.Select(lead => new RecordingLead(lead.Name, leads[one].Unit, leads[one].Fs))).ToArray();
        if (!LeadChoice.TryChoose([.. all.Select(lead => (lead.Name, lead.Unit))], wanted, out var index, out error)) return false;
        if (index < leads.Count)
        {
            reader = Make(all[..leads.Count], index, leads[index].Decode());
            return true;
        }

        var (_, ofI, ofII) = derived[index - leads.Count];
        var (first, second) = (leads[one].Decode(), leads[two].Decode());
        var samples = new float[Math.Min(first.Length, second.Length)];
        for (var i = 0; i < samples.Length; i++) samples[i] = (ofI * first[i]) + (ofII * second[i]);
        reader = Make(all, index, samples);
        return true;
    }

    private static Func<DateTime?, string?, DecodedReader> Make(RecordingLead[] leads, int index, float[] samples) =>
        (start, group) => new DecodedReader(leads, index, samples) { Start = start, Group = group };

    private int IndexOf(string name)
    {
        for (var i = 0; i < leads.Count; i++)
        {
            if (string.Equals(LeadNames.LeadOf(leads[i].Name), name, StringComparison.OrdinalIgnoreCase)) return i;
        }

        return -1;
    }
}
