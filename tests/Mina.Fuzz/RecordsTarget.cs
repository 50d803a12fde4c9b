using System.Text;
using Mina.Streaming.Recordings;

namespace Mina.Fuzz;

/// <summary>Lists of records (<c>RECORDS</c>) in a folder that holds two records, one of them in a subfolder with a list of its own.</summary>
internal static class RecordsTarget
{
    /// <summary>Lists that are right, and one that leads out of its folder.</summary>
    public static IReadOnlyList<byte[]> Seeds =>
    [
        .. new[] { "a\nsub/b\n", "sub/\n", "a.hea\r\n\r\n# not b\r\na\r\n", "../a\n", "other/\nsub/c/1\n" }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>Reads all recordings of a list.</summary>
    public static void Read(byte[] input)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"mina-fuzz-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");
        var (list, sub) = (Path.Combine(folder, "RECORDS"), Path.Combine(folder, "sub"));
        Directory.CreateDirectory(sub);
        try
        {
            File.WriteAllText(Path.Combine(folder, "a.hea"), "a 1 300 10\na.dat 16 1000/mV 16 0 0 0 0 I\n");
            File.WriteAllBytes(Path.Combine(folder, "a.dat"), new byte[20]);
            File.WriteAllText(Path.Combine(sub, "b.csv"), "time,I\n0,1\n0.1,2\n");
            File.WriteAllText(Path.Combine(sub, "RECORDS"), "b\n");
            File.WriteAllBytes(list, input);
            Targets.Refusable(() =>
            {
                using var recordings = RecordingFolder.Open(list);
                foreach (var entry in recordings.Entries)
                {
                    var location = Path.GetFullPath(entry.Location);
                    FuzzException.ThrowUnless(location.StartsWith(folder + '/', StringComparison.Ordinal), "a list stays in its folder");
                    var (_, rejection) = entry.Read(new ReadOptions(Fs: 300));
                    FuzzException.ThrowUnless(
                        rejection is null || Mina.Streaming.Files.PlainText.IsPlain(rejection.Message), "a rejection's sentence is plain text");
                }
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
