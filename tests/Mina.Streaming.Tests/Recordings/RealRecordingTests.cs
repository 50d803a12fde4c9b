using System.Collections.Concurrent;
using Mina.Streaming.Recordings;
using Xunit;

namespace Mina.Streaming.Tests.Recordings;

/// <summary>
/// The real recordings, read where they are. The sums were computed from the files by numpy and scipy.io.loadmat, not by this code.
/// </summary>
public class RealRecordingTests
{
    [SkippableFact]
    public void Every_recording_of_cinc_2017_is_read_from_the_zip_and_has_a_label()
    {
        using var folder = RecordingFolder.Open(SharedData.PathOf("cinc2017", "training2017.zip"));
        var labels = folder.FindLabels();
        Assert.NotNull(labels);
        Assert.EndsWith("REFERENCE-v3.csv", labels.Source);

        var wrong = new ConcurrentBag<string>();
        long samples = 0;
        Parallel.ForEach(folder.Entries, new ParallelOptions { MaxDegreeOfParallelism = 2 }, entry =>
        {
            var outcome = entry.Read(new ReadOptions());
            if (outcome.Recording is not { } recording)
            {
                wrong.Add(outcome.Rejection!.Message);
                return;
            }

            if (recording.Fs != 300 || recording.Lead != "ECG" || labels.Find(recording.Id) is null || recording.Samples.Any(float.IsNaN))
                wrong.Add(recording.Id);
            Interlocked.Add(ref samples, recording.Samples.Length);
        });

        Assert.Empty(wrong);
        Assert.Equal(7249, folder.Entries.Count);
        Assert.Equal(70_604_950, samples);
        Assert.Empty(labels.Without(folder.Entries.Select(e => e.Id)));
    }

    [SkippableTheory]
    [InlineData("A00001", 9000, 167125, 258081903, -127)]
    [InlineData("A00004", 9000, 364900, 425494164, 519)]
    [InlineData("A05908", 9000, 123417, 129629985, -204)]
    public void A_cinc_recording_has_the_samples_that_scipy_reads(string id, int count, long sum, long squares, int first)
    {
        using var folder = RecordingFolder.Open(SharedData.PathOf("cinc2017", "training2017.zip"));
        Check(folder.Entries.Single(e => e.Id == id).Read(new ReadOptions()), count, sum, x => x * 1000.0, squares, first);
    }

    [SkippableTheory]
    [InlineData("100", "MLII", 625781133, 603435133669)]
    [InlineData("105", "MLII", 636329881, 627213696675)]
    [InlineData("201", "MLII", 644808185, 640635109379)]
    [InlineData("202", "MLII", 643599706, 639563965064)]
    [InlineData("203", "MLII", 643568911, 643584837069)]
    [InlineData("210", "MLII", 645221268, 642251416906)]
    public void A_mitdb_record_has_the_samples_that_numpy_reads(string id, string lead, long sum, long squares)
    {
        using var folder = RecordingFolder.Open(SharedData.PathOf("mitdb"));
        var outcome = folder.Entries.Single(e => e.Id == id).Read(new ReadOptions());
        Assert.Equal((lead, 360.0), (outcome.Recording!.Lead, outcome.Recording.Fs));
        Check(outcome, 650_000, sum, x => x * 200.0 + 1024, squares, null);
    }

    [SkippableTheory]
    [InlineData("100", 640765524)]
    [InlineData("210", 675383436)]
    public void The_second_lead_of_mitdb_is_read_by_its_index(string id, long sum)
    {
        using var folder = RecordingFolder.Open(SharedData.PathOf("mitdb", id + ".hea"));
        Check(folder.Entries.Single().Read(new ReadOptions("1")), 650_000, sum, x => x * 200.0 + 1024, null, null);
    }

    [SkippableTheory]
    [InlineData("data_0_1", 208381, -589035905, 38180.879946031266, -2839)]
    [InlineData("data_101_6", 22355, -182846684, 30061.276794035417, -161790)]
    [InlineData("data_21_7", 47201, -856289909, 31132.342697933593, -166854)]
    [InlineData("data_84_1", 103808, 732964381, 9151.773049645391, -39219)]
    [InlineData("data_8_2", 43092, 138490095, 34043.46727318676, -167477)]
    [InlineData("data_92_4", 82903, -567568736, 74470.32813590879, -352766)]
    public void A_cpsc_record_has_the_samples_that_numpy_reads(string id, int count, long sum, double gain, double baseline)
    {
        using var folder = RecordingFolder.Open(SharedData.PathOf("cpsc2021"));
        var outcome = folder.Entries.Single(e => e.Id == id).Read(new ReadOptions());
        Assert.Equal(("I", 200.0), (outcome.Recording!.Lead, outcome.Recording.Fs));
        Check(outcome, count, sum, x => x * gain + baseline, null, null);
    }

    private static void Check(ReadOutcome outcome, int count, long sum, Func<float, double> toAdc, long? squares, int? first)
    {
        var adc = outcome.Recording!.Samples.Select(x => (long)Math.Round(toAdc(x))).ToArray();
        Assert.Equal(count, adc.Length);
        Assert.Equal(sum, adc.Sum());
        if (squares is not null) Assert.Equal(squares.Value, adc.Sum(x => x * x));
        if (first is not null) Assert.Equal(first.Value, adc[0]);
    }
}
