using System.Globalization;
using Mina.Preprocess;
using Mina.Streaming.Shards;
using static Mina.Host.Inspections.InspectionText;

namespace Mina.Host.Inspections;

/// <summary>Prints the results of <c>inspect</c> in 80 columns.</summary>
internal static class InspectionTable
{
    private const int NameWidth = 19;

    /// <summary>Prints a line for each recording, and then a sentence for each that would be rejected.</summary>
    public static void Print(IReadOnlyList<RecordingInspection> recordings, TextWriter to)
    {
        to.WriteLine($"{"recording",-NameWidth} {"leads",5} {"read",-6} {"Hz",6} {"length",9} {"gaps",5} {"usable",6} {"rate",4} label, AF");
        foreach (var one in recordings)
        {
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Cut(one.Id, NameWidth),-NameWidth} {Or(one.Leads.Count, one.Lead is not null),5} {Cut(one.Lead?.Name ?? "-", 6),-6} "
                    + $"{Cut(Hertz(one.Lead?.Fs), 6),6} {Clock(one.Seconds),9} "
                    + $"{Or(one.Gaps, one.Lead is not null),5} "
                    + $"{Percent(one.Usable),6} {Rate(one.HeartRate),4} {Cut(NoteOf(one), 12)}").TrimEnd());
        }

        to.WriteLine(SummaryOf(recordings));
        foreach (var fault in Faults(recordings)) to.WriteLine(fault);
    }

    /// <summary>Prints the balance of the classes and labels in each split of shards.</summary>
    public static void Print(ShardSet shards, TextWriter to)
    {
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{shards.Shards.Count:N0} shards of {shards.Settings.Preprocess.Window / shards.Settings.Preprocess.Fs:0.#} s windows in {shards.Directory}"));
        to.WriteLine($"{"split",-11} {"label",-8} {"recordings",11} {"windows",12} {"AF windows",12} {"AF share",9}");
        foreach (var split in Enum.GetValues<Split>())
        {
            var (windows, af) = (shards.Windows(split), shards.Windows(split, 1));
            var recordings = shards.Recordings(split);
            var share = windows == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * af / windows:0.0} %");
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{Splits.NameOf(split),-11} {"all",-8} {recordings,11:N0} {windows,12:N0} {af,12:N0} {share,9}"));
            foreach (var (label, count) in shards.Counts(split).OrderBy(pair => pair.Key, StringComparer.Ordinal))
                to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"",-11} {label,-8} {count.Recordings,11:N0} {count.Windows,12:N0}"));
        }
    }

    private static string Or(int value, bool isKnown) => isKnown ? value.ToString(CultureInfo.InvariantCulture) : "-";

    private static string Cut(string text, int width) => text.Length <= width ? text : string.Concat(text.AsSpan(0, width - 1), "…");
}
