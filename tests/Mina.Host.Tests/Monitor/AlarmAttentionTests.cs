using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mina.Host.Tests.Monitor;

/// <summary>How the page asks for a person: by sound, and above all else where nobody came in time.</summary>
public sealed class AlarmAttentionTests(Browser browser) : IClassFixture<Browser>
{
    // A browser without a screen lets every page sound; one with a screen does so once somebody has clicked.
    private const string SilentUntilClick = """
        let touched = false;
        addEventListener('pointerdown', () => touched = true, true);
        window.AudioContext = class extends AudioContext {
            get state() { return touched ? super.state : 'suspended'; }
            resume() { return touched ? super.resume() : new Promise(() => { }); }
        };
        """;

    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(4);

    [SkippableFact]
    public async Task Alarms_are_heard_by_their_priority_when_the_viewer_wants_it_until_somebody_has_acknowledged_them()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes).Connect("bed-2", Minutes).Stop("bed-1");
        await using var screen = await Screen.OpenAsync(browser, monitor);
        var sound = screen.Page.GetByRole(AriaRole.Button, new() { Name = "Sound of alarms" });
        await Expect(sound).ToHaveAttributeAsync("aria-pressed", "false");
        Assert.Null(await screen.Page.Locator(".sound").GetAttributeAsync("data-ringing"));

        await sound.FocusAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Page.Locator(".sound")).ToHaveAttributeAsync("data-ringing", "Low");
        await screen.UntilAsync("() => Number(document.querySelector('.sound').dataset.bursts) >= 1");
        await Expect(screen.Page.Locator(".silent")).ToHaveCountAsync(0);
        monitor.Fibrillate("bed-2");
        await Expect(screen.Page.Locator(".sound")).ToHaveAttributeAsync("data-ringing", "Medium");
        monitor.Race("bed-2");
        await Expect(screen.Page.Locator(".sound")).ToHaveAttributeAsync("data-ringing", "High");
        // Again and again.
        await screen.UntilAsync("() => Number(document.querySelector('.sound').dataset.bursts) >= 4");
        foreach (var alarm in monitor.Alarms)
            await monitor.AcknowledgeAsync(alarm.Id, "nurse 3", CancellationToken.None);
        await Expect(screen.Page.Locator(".sound")).ToHaveAttributeAsync("data-ringing", "");
        await screen.Page.ReloadAsync();
        await Expect(sound).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Empty(screen.Errors);
    }

    [SkippableFact]
    public async Task A_viewer_whose_browser_plays_no_sound_is_told_so_until_a_click()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes).Fibrillate("bed-1");
        await using var screen = await Screen.OpenAsync(browser, monitor);
        await screen.Page.AddInitScriptAsync(SilentUntilClick);
        await screen.Page.EvaluateAsync("localStorage.setItem('mina-sound', 'on')");
        await screen.Page.ReloadAsync();

        await Expect(screen.Page.Locator(".silent")).ToContainTextAsync("until you click or press a key");
        await screen.CheckAccessibilityAsync();
        await screen.Page.Locator("h1").ClickAsync();
        await Expect(screen.Page.Locator(".silent")).ToHaveCountAsync(0);
        await screen.UntilAsync("() => Number(document.querySelector('.sound').dataset.bursts) >= 1");
    }

    [SkippableFact]
    public async Task AF_that_waits_too_long_stands_above_every_page_until_somebody_acknowledges_it()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes).Connect("bed-2", Minutes).Fibrillate("bed-2", TimeSpan.FromMinutes(2));
        await using var screen = await Screen.OpenAsync(browser, monitor);
        await Expect(screen.Page.Locator(".escalated-banner")).ToHaveCountAsync(0);

        monitor.Escalate("bed-2");
        await Expect(screen.Page.Locator(".escalated-banner")).ToContainTextAsync("bed-2");
        await Expect(screen.Page.Locator(".alarm.escalated .waits")).ToContainTextAsync("nobody has acknowledged it");
        await screen.CheckAccessibilityAsync();
        await screen.TakePictureAsync("escalated");
        await screen.Page.GotoAsync(screen.Address + "/episodes");
        await screen.Page.Locator(".escalated-banner a").ClickAsync();
        await Expect(screen.Page.Locator(".title")).ToContainTextAsync("bed-2");
        await monitor.AcknowledgeAsync(monitor.Alarms.Single().Id, "nurse 3", CancellationToken.None);
        await Expect(screen.Page.Locator(".escalated-banner")).ToHaveCountAsync(0);
    }
}
