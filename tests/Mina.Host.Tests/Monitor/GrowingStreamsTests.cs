using System.Globalization;
using System.Text;
using Mina.Host.Monitor.Edges;
using Mina.Preprocess;
using Mina.Streaming.Recordings.Formats;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>Recordings that another program is writing, as streams (<c>--follow</c>).</summary>
public sealed class GrowingStreamsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_WFDB_record_is_followed_as_it_grows_and_over_a_restart()
    {
        using var folder = new TemporaryFolder();
        var beats = RunningMonitor.Beats("bed-7", 1, 250, 100);
        await File.WriteAllTextAsync(folder["bed-7.hea"], "bed-7 1 250\nbed-7.dat 16 1000 16 0 0 0 0 II\n");
        var bytes = beats.Samples.SelectMany(v => BitConverter.GetBytes((short)Math.Round(v * 1000))).ToArray();
        await using (var monitor = await RunningMonitor.StartAsync(folder, ("Follow", folder["bed-7.hea"])))
        {
            // Half a sample at the end.
            await AppendAsync(bytes[..(50 * 500 + 1)]);
            await monitor.VerdictsAsync("bed-7", 24);
            await AppendAsync(bytes[(50 * 500 + 1)..(60 * 500)]);
            await monitor.VerdictsAsync("bed-7", 30);
            Assert.Equal(250, monitor.Service.Find("bed-7")!.Fs);
            Assert.Single(monitor.Service.Episodes("bed-7", DateTimeOffset.UnixEpoch, Now.AddYears(100)));
        }

        await AppendAsync(bytes[(60 * 500)..]);
        await using (var monitor = await RunningMonitor.StartAsync(folder, ("Follow", folder["bed-7.hea"])))
        {
            // The first minute is known by its numbers; what follows is new.
            await RunningMonitor.Until(() => monitor.Service.Streaming.Find("bed-7") is { Cutter.Order.Next: 100, Cutter.Order.Repeated: 60 });
            Assert.Single(monitor.Service.Streaming.Streams);
        }

        async Task AppendAsync(byte[] more)
        {
            await using var file = new FileStream(folder["bed-7.dat"], FileMode.Append);
            await file.WriteAsync(more);
        }
    }

    [Fact]
    public async Task A_file_whose_time_goes_back_begins_the_stream_again_instead_of_ending_it()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bed-9.csv", Csv(RunningMonitor.Beats("", 1, 250, 30)));
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(-40));
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Follow", path), ("StaleAfter", "00:10:00"), ("CloseAfter", "00:10:00"));
        await monitor.VerdictsAsync("bed-9", 12);

        // The next line is 0.1 s earlier than the last one.
        await File.AppendAllTextAsync(path, Csv(RunningMonitor.Beats("", 2, 250, 30), firstSeconds: 29.896, withHeader: false));
        await monitor.VerdictsAsync("bed-9", 24);
    }

    [Fact]
    public async Task Each_recording_of_a_folder_is_a_stream_also_one_that_comes_later_and_a_bad_one_harms_none()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["devices"]);
        await File.WriteAllTextAsync(folder["devices/bad.csv"], "no times\n1\n2\n3\n");
        await File.WriteAllTextAsync(folder["devices/bed-1.csv"], Csv(RunningMonitor.Beats("", 1, 250, 30)));
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Follow", folder["devices"]));
        await monitor.VerdictsAsync("bed-1", 12);

        // The header first, and no line whole.
        var later = Csv(RunningMonitor.Beats("", 2, 250, 30));
        await File.WriteAllTextAsync(folder["devices/bed-2.csv"], later[..9]);
        await File.AppendAllTextAsync(folder["devices/bed-2.csv"], later[9..]);
        await monitor.VerdictsAsync("bed-2", 12);
        Assert.Equal(["bed-1", "bed-2"], monitor.Service.Streams.Select(stream => stream.Name).Order());
    }

    [Fact]
    public void Samples_follow_each_other_at_fs_and_the_last_there_was_is_of_when_the_file_was_written()
    {
        var clock = new GrowthClock(TimeSpan.FromSeconds(60));
        // 10 s, and 20 s more that are there.
        Assert.Equal(Now.AddSeconds(-30), clock.Take(Seconds(10), Now, 20));
        Assert.Equal(Now.AddSeconds(-20), clock.Take(Seconds(20), Now, 0));
        // Written in one go 40 s later: still the next samples.
        Assert.Equal(Now, clock.Take(Seconds(5), Now.AddSeconds(40), 0));
        // A pause of minutes: they are of now.
        Assert.Equal(Now.AddSeconds(595), clock.Take(Seconds(5), Now.AddSeconds(600), 0));
        // A gap of the recording's own clock.
        Assert.Equal(Now.AddSeconds(700), clock.Take(Seconds(5) with { SkippedSeconds = 100 }, Now.AddSeconds(705), 0));
        // Another recording in the same file.
        Assert.Equal(Now.AddSeconds(707), clock.Take(Seconds(1) with { RestartReason = "begun again" }, Now.AddSeconds(708), 0));

        static Growth Seconds(int seconds) => new(100, new float[100 * seconds]);
    }

    private static string Csv(Recording recording, double firstSeconds = 0, bool withHeader = true)
    {
        var text = new StringBuilder(withHeader ? "time,II (mV)\n" : "");
        for (var i = 0; i < recording.Samples.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"{firstSeconds + (i / recording.Fs):0.000},{recording.Samples[i]}\n");
        return text.ToString();
    }
}
