using System.IO.Compression;
using Mina.Streaming.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>Zips that are whole and still cannot be read: the advice has to be true of them.</summary>
public class EncryptedZipTests
{
    private const int Flags = 6;
    private const int Method = 8;

    [Theory]
    [InlineData(Flags, 1, "a.csv is encrypted: unpack the zip with its password, and name the folder")]
    [InlineData(Method, 93, ": unpack it with another program, or get the zip again")]
    public void A_zip_with_a_password_or_of_another_method_says_so(int field, byte value, string end)
    {
        using var temp = new TemporaryFolder();
        var path = Path.Combine(temp.Path, "z.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        using (var writer = new StreamWriter(zip.CreateEntry("a.csv").Open()))
            writer.Write("time,ecg\n0,1\n0.004,2\n");
        var bytes = File.ReadAllBytes(path);
        // The same field of the local header and, two bytes later, of the directory.
        bytes[field] = value;
        bytes[bytes.AsSpan().IndexOf("PK\x01\x02"u8) + 2 + field] = value;
        File.WriteAllBytes(path, bytes);
        using var folder = RecordingFolder.Open(path);
        var message = folder.Entries.Single().Read(new ReadOptions()).Rejection!.Message;
        Assert.EndsWith(end, message, StringComparison.Ordinal);
    }
}
