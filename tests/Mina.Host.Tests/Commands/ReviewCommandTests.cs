using Mina.Host.Tests.Monitor;
using Mina.Preprocess;
using Mina.Streaming.Recordings;
using Mina.Streaming.Shards;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mina.Host.Tests.Commands;

/// <summary><c>mina review</c> on a folder, as a person uses it: a page in the browser, and annotations beside the recordings.</summary>
public sealed class ReviewCommandTests(Browser browser) : IClassFixture<Browser>
{
    [SkippableFact]
    public async Task Recordings_are_reviewed_on_the_page_and_ingest_takes_what_was_said_of_them()
    {
        browser.OrSkip();
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(
            folder.Path, "simulate", "--out", "sim", "--count", "3", "--seed", "7", "--seconds", "100-120", "--af", "1", "--other", "0", "--noisy", "0"))
            .ShouldSucceed();
        File.Delete(folder["sim/REFERENCE.csv"]);
        // One keeps a person's own annotations, one has none, and one is of another format.
        var theirs = await File.ReadAllBytesAsync(folder["sim/sim00001.atr"]);
        File.Delete(folder["sim/sim00002.atr"]);
        (await MinaProcess.RunAsync(folder.Path, "convert", "sim/sim00003.hea", "sim/sim00003.csv")).ShouldSucceed();
        foreach (var file in Directory.GetFiles(folder["sim"], "sim00003.*").Where(file => !file.EndsWith(".csv", StringComparison.Ordinal)))
            File.Delete(file);

        var port = RunningMonitor.FreePort();
        using var review = MinaProcess.Start(folder.Path, "review", "sim", "--port", port.ToString(), "--threshold", "0.001", "--no-rhythm");
        var address = $"http://127.0.0.1:{port}";
        using var client = new HttpClient();
        await RunningMonitor.UntilAsync(async () => review.HasExited || await IsUpAsync(client, address));

        await using (var screen = await Screen.OpenAtAsync(browser, address))
        {
            var page = screen.Page;
            await Expect(page.Locator("h1")).ToHaveTextAsync("Recordings");
            await Expect(page.Locator(".row")).ToHaveCountAsync(3);
            await screen.CheckAccessibilityAsync();
            await screen.TakePictureAsync("recordings");
            await page.EvaluateAsync("localStorage.setItem('mina-name', 'Dr Ada Quist')");
            await page.GotoAsync(address + "/episodes");
            await Expect(page.Locator(".table tbody tr")).ToHaveCountAsync(3);
            (string, string, string)[] said = [("sim00001", "c", "confirmed"), ("sim00002", "r4", "rejected: noise"), ("sim00003", "c", "confirmed")];
            await screen.TakePictureAsync("recordings-episodes");
            foreach (var (recording, keys, word) in said)
            {
                await page.GotoAsync(address + "/episodes");
                await page.Locator("tr", new() { HasTextString = recording }).Locator(".when a").ClickAsync();
                await page.Locator(".review[data-keys]").WaitForAsync();
                foreach (var key in keys)
                    await page.Keyboard.PressAsync(key.ToString());
                await Expect(page.Locator(".review .word")).ToContainTextAsync(word);
            }

            await page.GotoAsync(address + "/stream/sim00002");
            await page.Locator(".summary").WaitForAsync();
            await screen.TakePictureAsync("recording");
            await Expect(page.Locator(".trace .where")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("00:00:00"));
            await screen.CheckAccessibilityAsync();
            Assert.Empty(screen.Errors);
        }

        review.Interrupt();
        Assert.Equal(0, (await review.WaitAsync()).ExitCode);
        Assert.Equal(theirs, await File.ReadAllBytesAsync(folder["sim/sim00001.atr"]));
        Assert.True(File.Exists(folder["sim/sim00001.mina"]));
        using (var recordings = RecordingFolder.Open(folder["sim"]))
            Assert.Equal(["NOISE"], recordings.Entries.Single(entry => entry.Id == "sim00002").ReadRhythms()!.Select(span => span.Rhythm));

        var ingest = (await MinaProcess.RunAsync(folder.Path, "ingest", "sim", "--out", "shards", "--split", "100/0/0")).ShouldSucceed();
        Assert.Contains("labels from rhythm annotations, window by window", ingest.Output, StringComparison.Ordinal);
        var labels = ShardSet.Open(folder["shards"], verify: true).Rows().Select(row => (row.RecordingId, (Label)row.Label!)).Distinct().Order().ToList();
        Assert.Contains(("sim00002", Label.Noisy), labels);
        Assert.Contains(("sim00003", Label.AF), labels);
    }

    [Fact]
    public async Task What_is_wrong_is_said_in_one_sentence()
    {
        using var folder = new TemporaryFolder();
        var missing = await MinaProcess.RunAsync(folder.Path, "review", "nowhere");
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("nowhere", missing.Error, StringComparison.Ordinal);
        var port = await MinaProcess.RunAsync(folder.Path, "review", Places.DataRaw, "--port", "99999999", "--database", "reviews.db");
        Assert.Equal(1, port.ExitCode);
        Assert.Contains("--port 99999999 is no port", port.Error, StringComparison.Ordinal);
    }

    private static async Task<bool> IsUpAsync(HttpClient client, string address)
    {
        try
        {
            return (await client.GetAsync(address)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
