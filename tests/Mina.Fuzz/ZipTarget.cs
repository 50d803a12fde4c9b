using System.IO.Compression;
using Mina.Preprocess;
using Mina.Streaming.Recordings;

namespace Mina.Fuzz;

/// <summary>Zips of recordings.</summary>
internal static class ZipTarget
{
    /// <summary>A zip that is right, packed and not.</summary>
    public static IReadOnlyList<byte[]> Seeds => [Make(CompressionLevel.Fastest), Make(CompressionLevel.NoCompression)];

    /// <summary>Reads all recordings of a zip.</summary>
    public static void Read(byte[] input)
    {
        // Zips are read from the disk only.
        var path = Path.Combine(Path.GetTempPath(), $"mina-fuzz-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.zip");
        File.WriteAllBytes(path, input);
        try
        {
            Targets.Refusable(() =>
            {
                using var folder = RecordingFolder.Open(path);
                FuzzException.ThrowUnless(folder.Bytes >= 0, "sizes add up");
                foreach (var entry in folder.Entries)
                    entry.Read(new ReadOptions(Fs: 300));
                Targets.Refusable(() => folder.FindLabels());
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Make(CompressionLevel level)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in new[]
            {
                ("a.hea", "a 1 300 40\na.dat 16 1000/mV 16 0 0 0 0 I\n"), ("a.dat", new string('x', 80)), ("sub/b.csv", "time,I\n0,1\n0.1,2\n"),
                ("REFERENCE.csv", "a,N\nb,A\n"),
            })
            {
                using var entry = new StreamWriter(zip.CreateEntry(name, level).Open());
                entry.Write(text);
            }
        }

        return bytes.ToArray();
    }
}
