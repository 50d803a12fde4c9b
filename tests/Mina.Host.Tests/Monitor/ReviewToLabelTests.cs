using System.IO.Compression;
using Mina.Preprocess;
using Mina.Streaming.Shards;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mina.Host.Tests.Monitor;

/// <summary>A site trains on its own false alarms: from a person at the keyboard to the weights.</summary>
public sealed class ReviewToLabelTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [SkippableFact]
    public async Task What_a_person_rejects_and_confirms_by_keyboard_becomes_labels_that_a_training_takes()
    {
        browser.OrSkip();
        using var folder = new TemporaryFolder();
        await using var monitor = await RunningMonitor.StartAsync(
            folder, ("StaleAfter", "00:10:00"), ("CloseAfter", "00:10:00"), ("MaxVerdictAge", "00:10:00"));
        for (var bed = 1; bed <= 4; bed++)
            await RunningMonitor.SendEpisodeAsync(monitor, $"bed-{bed}", Start.AddMinutes(10 * bed));

        await using (var screen = await Screen.OpenAtAsync(browser, monitor.Http, "/episodes?days=0"))
        {
            var page = screen.Page;
            await page.EvaluateAsync("localStorage.setItem('mina-name', 'Dr Ada Quist')");
            await page.ReloadAsync();
            await page.GetByText("Review the latest").ClickAsync();
            // Latest first.
            (int, string, string)[] said = [(4, "r4", "rejected: noise"), (3, "c", "confirmed"), (2, "r1", "rejected: flutter"), (1, "c", "confirmed")];
            foreach (var (bed, keys, word) in said)
            {
                await Expect(page.Locator("h1")).ToContainTextAsync($"bed-{bed}");
                await page.Locator(".review[data-keys]").WaitForAsync();
                foreach (var key in keys)
                    await page.Keyboard.PressAsync(key.ToString());
                await Expect(page.Locator(".review .word")).ToContainTextAsync(word);
                await page.Keyboard.PressAsync("j");
            }

            await Expect(page.Locator(".review .left")).ToHaveTextAsync("0 of 4 episodes not reviewed");
            Assert.Empty(screen.Errors);
        }

        for (var bed = 1; bed <= 4; bed++)
        {
            using var zip = new ZipArchive(await monitor.Client.GetStreamAsync($"/api/streams/bed-{bed}/reviews.zip"));
            zip.ExtractToDirectory(folder["reviewed"]);
        }

        var ingest = (await MinaProcess.RunAsync(folder.Path, "ingest", "reviewed", "--split", "50/50/0", "--seed", "2", "--out", "shards")).ShouldSucceed();
        Assert.Contains("labels from rhythm annotations, window by window", ingest.Output, StringComparison.Ordinal);
        var labels = ShardSet.Open(folder["shards"], verify: true).Rows().GroupBy(row => row.RecordingId.Split('_')[0])
            .ToDictionary(bed => bed.Key, bed => bed.Select(row => row.Label).Distinct().ToList());
        Assert.Equal(
            [("bed-1", Label.AF), ("bed-2", Label.Other), ("bed-3", Label.AF), ("bed-4", Label.Noisy)],
            labels.OrderBy(bed => bed.Key, StringComparer.Ordinal).Select(bed => (bed.Key, (Label)Assert.Single(bed.Value)!)));

        (await MinaProcess.RunAsync(folder.Path, "train", "--shards", "shards", "--recipe", "hw4", "--epochs", "1", "--out", "own")).ShouldSucceed();
        Assert.True(File.Exists(folder["own/model.safetensors"]));
    }
}
