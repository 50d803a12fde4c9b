using System.Globalization;
using System.Text;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>A signal for <see cref="EdfEncoder"/>: its digital samples, all records one after the other.</summary>
internal sealed record EdfTrack(string Label, string Unit, int PerRecord, int[] Samples)
{
    public string PhysicalMin { get; init; } = "-3.2768";

    public string PhysicalMax { get; init; } = "3.2767";

    public int? DigitalMin { get; init; }

    public int? DigitalMax { get; init; }
}

/// <summary>Writes EDF and BDF files as the specifications say, for tests to read.</summary>
internal static class EdfEncoder
{
    public const string Annotations = "EDF Annotations";

    /// <summary>Writes a file.</summary>
    /// <param name="tracks">Its signals.</param>
    /// <param name="seconds">Of a data record, as the header writes it.</param>
    /// <param name="kind">The reserved field: empty, <c>EDF+C</c>, <c>EDF+D</c>, <c>BDF+C</c> ...</param>
    /// <param name="lists">Each record's annotations; null: the file has no signal for them.</param>
    /// <param name="records">The number that the header gives; null: the true one.</param>
    /// <param name="bdf">Samples of three bytes instead of two.</param>
    /// <param name="patient">The patient's identification.</param>
    public static byte[] Encode(
        IReadOnlyList<EdfTrack> tracks,
        string seconds,
        string kind = "",
        IReadOnlyList<string>? lists = null,
        string? records = null,
        bool bdf = false,
        string patient = "X")
    {
        var size = bdf ? 3 : 2;
        var count = tracks[0].Samples.Length / tracks[0].PerRecord;
        var limit = bdf ? 1 << 23 : 1 << 15;
        var all = tracks.ToList();
        var width = lists is null ? 0 : (lists.Max(list => Encoding.UTF8.GetByteCount(list)) / size) + 8;
        if (lists is not null)
            all.Insert(tracks.Count / 2, new EdfTrack(bdf ? "BDF Annotations" : Annotations, "", width, []) { PhysicalMin = "-1", PhysicalMax = "1" });
        var header = new StringBuilder();
        Put(bdf ? "?BIOSEMI" : "0", 8);
        Put(patient, 80);
        Put("Startdate 24-DEC-2019 X X X", 80);
        Put("24.12.19", 8);
        Put("10.11.12", 8);
        Put($"{256 * (all.Count + 1)}", 8);
        Put(kind, 44);
        Put(records ?? $"{count}", 8);
        Put(seconds, 8);
        Put($"{all.Count}", 4);
        foreach (var track in all) Put(track.Label, 16);
        foreach (var _ in all) Put("AgAgCl electrode", 80);
        foreach (var track in all) Put(track.Unit, 8);
        foreach (var track in all) Put(track.PhysicalMin, 8);
        foreach (var track in all) Put(track.PhysicalMax, 8);
        foreach (var track in all) Put($"{track.DigitalMin ?? -limit}", 8);
        foreach (var track in all) Put($"{track.DigitalMax ?? limit - 1}", 8);
        foreach (var _ in all) Put("", 80);
        foreach (var track in all) Put($"{track.PerRecord}", 8);
        foreach (var _ in all) Put("", 32);

        var bytes = new MemoryStream();
        bytes.Write(Encoding.Latin1.GetBytes(header.ToString()));
        if (bdf) bytes.GetBuffer()[0] = 0xFF;
        for (var record = 0; record < count; record++)
        {
            foreach (var track in all)
            {
                if (track.Samples.Length == 0)
                {
                    var list = Encoding.UTF8.GetBytes(lists![record]);
                    bytes.Write(list);
                    bytes.Write(new byte[(width * size) - list.Length]);
                    continue;
                }

                foreach (var sample in track.Samples.AsSpan(record * track.PerRecord, track.PerRecord))
                    bytes.Write(BitConverter.GetBytes(sample).AsSpan(0, size));
            }
        }

        return bytes.ToArray();

        void Put(string text, int length) => header.Append(text.PadRight(length));
    }

    /// <summary>The list that says when a record starts.</summary>
    public static string Starts(double seconds, string more = "") =>
        string.Create(CultureInfo.InvariantCulture, $"+{seconds:0.######}\x14\x14\0{more}");
}
