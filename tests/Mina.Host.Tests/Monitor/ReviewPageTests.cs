using System.Globalization;
using Microsoft.Playwright;
using Mina.Host.Monitor.Reviewing;
using Mina.Model;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mina.Host.Tests.Monitor;

/// <summary>Reviewing on the page, by the keyboard alone and by its buttons.</summary>
public sealed class ReviewPageTests(Browser browser) : IClassFixture<Browser>
{
    [SkippableFact]
    public async Task An_episode_is_confirmed_taken_back_rejected_noted_and_given_other_ends_by_the_keyboard()
    {
        using var monitor = Ward();
        await using var screen = await OpenEpisodeAsync(monitor, "bed-1");
        var (page, word) = (screen.Page, screen.Page.Locator(".review .word"));
        await Expect(word).ToHaveTextAsync("not reviewed");
        await page.Keyboard.PressAsync("c");
        await Expect(page.GetByText("Say who you are")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Your name")).ToBeFocusedAsync();
        // Letters that are typed are no keys.
        await page.Keyboard.TypeAsync("Dr Rence");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("c");
        await Expect(word).ToContainTextAsync("confirmed by Dr Rence");
        await screen.CheckAccessibilityAsync();
        await page.Keyboard.PressAsync("u");
        await Expect(word).ToHaveTextAsync("not reviewed");

        await page.Keyboard.PressAsync("r");
        await page.GetByRole(AriaRole.Group, new() { Name = "What it was" }).WaitForAsync();
        await screen.CheckAccessibilityAsync();
        await page.Keyboard.PressAsync("4");
        await Expect(word).ToContainTextAsync("rejected: noise by Dr Rence");

        await page.Keyboard.PressAsync("n");
        await Expect(page.GetByLabel("Note", new() { Exact = true })).ToBeFocusedAsync();
        await screen.CheckAccessibilityAsync();
        await page.Keyboard.TypeAsync("jumper cable");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".past q")).ToHaveTextAsync("jumper cable");

        await page.Keyboard.PressAsync("e");
        await Expect(page.Locator(".ends .chosen b")).ToHaveTextAsync("Start");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("e");
        await Expect(page.Locator(".ends .chosen b")).ToHaveTextAsync("End");
        await Expect(page.Locator(".strip-sheet text.edited")).ToHaveTextAsync(["end"]);
        await page.Keyboard.PressAsync("Shift+ArrowLeft");
        await screen.CheckAccessibilityAsync();
        var episode = (await monitor.EpisodesAsync("bed-1", default, DateTimeOffset.MaxValue))[0];
        // The beats are found beside the page's thread.
        await screen.UntilAsync(
            "before => !document.querySelector('.ends .chosen .at').textContent.endsWith(before)", episode.End.ToString("ss.f", CultureInfo.InvariantCulture));
        await page.Keyboard.PressAsync("c");
        await Expect(word).ToContainTextAsync("confirmed by Dr Rence");

        var reviews = await monitor.ReviewsAsync("bed-1");
        Assert.Equal(
            [ReviewVerdict.Confirmed, ReviewVerdict.Withdrawn, ReviewVerdict.Rejected, ReviewVerdict.Noted, ReviewVerdict.Confirmed],
            reviews.Select(review => review.Verdict));
        var last = reviews[^1];
        Assert.Equal((true, reviews[2].Id, episode.Id), (last.Counts, last.Replaces, last.Episode));
        Assert.Equal(2, (last.Start - episode.Start).TotalSeconds, 0.001);
        // A beat before the end, and no more than a slow heart's pause.
        Assert.InRange((episode.End - last.End).TotalSeconds, 0.03, 3);
        Assert.Empty(screen.Errors);
    }

    [SkippableFact]
    public async Task The_next_and_the_previous_episode_that_nobody_has_reviewed_are_a_key_away_and_keys_can_be_switched_off()
    {
        using var monitor = Ward();
        await using var screen = await OpenEpisodeAsync(monitor, "bed-1");
        var page = screen.Page;
        await Expect(page.Locator(".review .left")).ToHaveTextAsync("2 of 2 episodes not reviewed");
        await page.Keyboard.PressAsync("k");
        await Expect(page.Locator("h1")).ToContainTextAsync("bed-2");
        await page.Keyboard.PressAsync("j");
        await Expect(page.Locator("h1")).ToContainTextAsync("bed-1");
        await page.Keyboard.PressAsync("j");
        await Expect(page.GetByText("There is no earlier episode that nobody has reviewed.")).ToBeVisibleAsync();

        await page.GetByLabel("work as keys").UncheckAsync();
        await page.Locator(".review[data-keys=off]").WaitForAsync();
        await page.Keyboard.PressAsync("k");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reject" }).ClickAsync();
        // What the key would have opened, and what would have been made of it, is not there.
        await Expect(page.Locator("h1")).ToContainTextAsync("bed-1");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Group, new() { Name = "What it was" })).ToHaveCountAsync(0);
        await page.ReloadAsync();
        await Expect(page.GetByLabel("work as keys")).Not.ToBeCheckedAsync();
    }

    [SkippableFact]
    public async Task The_list_says_what_is_reviewed_counts_it_and_shows_the_rest_alone()
    {
        using var monitor = Ward();
        var episode = (await monitor.EpisodesAsync("bed-1", default, DateTimeOffset.MaxValue))[0];
        await monitor.ReviewAsync(new NewReview("bed-1", episode.Start, episode.End, ReviewVerdict.Rejected, "Dr Bo")
        {
            Was = RejectedAs.Paced,
            Onset = episode.Start,
        });
        await using var screen = await Screen.OpenAsync(browser, monitor, "/episodes");
        var rows = screen.Page.Locator(".table tbody tr");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.Nth(1).Locator(".reviewed")).ToHaveTextAsync("rejected: paced by Dr Bo");
        await Expect(screen.Page.Locator(".counts")).ToContainTextAsync("Of 2: 1 not reviewed");
        await screen.CheckAccessibilityAsync();
        await screen.Page.GetByLabel("not reviewed").CheckAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows.Locator(".reviewed")).ToHaveTextAsync("not reviewed");
        Assert.Contains("unreviewed=true", await screen.Page.GetByText("CSV").GetAttributeAsync("href"));
        await screen.Page.GetByText("Review the latest").ClickAsync();
        await Expect(screen.Page.Locator("h1")).ToContainTextAsync("bed-2");
    }

    [SkippableFact]
    public async Task The_list_of_alarms_says_how_many_were_true_and_how_long_they_waited()
    {
        using var monitor = Ward();
        var episode = (await monitor.EpisodesAsync("bed-1", default, DateTimeOffset.MaxValue))[0];
        await monitor.ReviewAsync(new NewReview("bed-1", episode.Start, episode.End, ReviewVerdict.Confirmed, "Dr Bo") { Onset = episode.Start });
        await using var screen = await Screen.OpenAsync(browser, monitor, "/alarms");
        await Expect(screen.Page.Locator(".counts")).ToContainTextAsync("Alarms of AF: 2,");
        await Expect(screen.Page.Locator(".counts")).ToContainTextAsync("1 true");
        await Expect(screen.Page.Locator(".counts")).ToContainTextAsync("1 not reviewed");
        await monitor.AcknowledgeAsync(monitor.Alarms[0].Id, "nurse 3", CancellationToken.None);
        await Expect(screen.Page.Locator(".counts")).ToContainTextAsync("1 acknowledged, after");
        await screen.CheckAccessibilityAsync();
    }

    [SkippableFact]
    public async Task On_the_page_of_a_stream_an_episode_or_what_the_ECG_shows_is_reviewed()
    {
        using var monitor = Ward();
        await using var screen = await Screen.OpenAsync(browser, monitor, "/stream/bed-1");
        var (page, word) = (screen.Page, screen.Page.Locator(".review .word"));
        await page.EvaluateAsync("localStorage.setItem('mina-name', 'Dr Bo')");
        await page.ReloadAsync();
        await screen.WaitForTraceAsync();
        await Expect(page.Locator(".review[data-keys]")).ToContainTextAsync("Pause the ECG or go back in it");
        await page.Keyboard.PressAsync("j");
        await Expect(page.GetByLabel("What is reviewed:")).ToHaveValueAsync("episode");
        await page.Keyboard.PressAsync("r");
        await page.Keyboard.PressAsync("1");
        await Expect(word).ToContainTextAsync("rejected: flutter by Dr Bo");
        await screen.CheckAccessibilityAsync();

        await page.GetByLabel("What is reviewed:").SelectOptionAsync("shown");
        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm AF" }).ClickAsync();
        await Expect(word).ToContainTextAsync("confirmed by Dr Bo");
        var reviews = await monitor.ReviewsAsync("bed-1");
        var episode = (await monitor.EpisodesAsync("bed-1", default, DateTimeOffset.MaxValue))[0];
        Assert.Equal([episode.Id, null], reviews.Select(review => review.Episode));
        Assert.InRange((reviews[1].End - reviews[1].Start).TotalSeconds, 5, 40);
        Assert.Empty(screen.Errors);
    }

    [SkippableTheory]
    [InlineData("r")]
    [InlineData("e")]
    [InlineData("n")]
    public async Task A_phone_never_scrolls_sideways_whatever_is_open(string key)
    {
        using var monitor = Ward();
        await using var screen = await OpenEpisodeAsync(monitor, "bed-1", width: 360);
        await screen.Page.Keyboard.PressAsync(key);
        await screen.Page.Locator(".review [role=group][aria-label='What it was'], .ends, .note").First.WaitForAsync();
        Assert.True(await screen.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen");
    }

    private async Task<Screen> OpenEpisodeAsync(SimulatedMonitor monitor, string bed, int width = 1280)
    {
        var id = (await monitor.EpisodesAsync(bed, default, DateTimeOffset.MaxValue))[0].Id;
        var screen = await Screen.OpenAsync(browser, monitor, $"/episodes/{id}", width);
        await screen.Page.Locator(".review[data-keys] .acts").First.WaitForAsync();
        return screen;
    }

    private static SimulatedMonitor Ward() => new SimulatedMonitor()
        .Connect("bed-1", TimeSpan.FromMinutes(9)).Connect("bed-2", TimeSpan.FromMinutes(9))
        .Fibrillate("bed-1", TimeSpan.FromMinutes(5)).Convert("bed-1", TimeSpan.FromMinutes(4))
        .Fibrillate("bed-2", TimeSpan.FromMinutes(1));
}
