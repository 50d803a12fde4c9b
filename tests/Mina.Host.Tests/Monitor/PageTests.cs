using System.Collections.Concurrent;
using Microsoft.Playwright;
using Mina.Model;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mina.Host.Tests.Monitor;

/// <summary>The page in a real browser, as its viewer uses it.</summary>
public sealed class PageTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(4);

    [SkippableFact]
    public async Task The_wall_shows_AF_first_and_says_why_a_stream_cannot_be_classified()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes).Connect("bed-2", Minutes).Connect("bed-10", Minutes)
            .Fibrillate("bed-10", TimeSpan.FromMinutes(1)).TakeLeadOff("bed-2", TimeSpan.FromSeconds(40));
        await using var screen = await Screen.OpenAsync(browser, monitor);

        await Expect(screen.Page.Locator(".row .name")).ToHaveTextAsync(["bed-10", "bed-2", "bed-1"]);
        await Expect(screen.Page.Locator(".row").First).ToContainTextAsync("AF");
        await Expect(screen.Page.Locator(".row").Nth(1)).ToContainTextAsync("lead off");
    }

    [SkippableFact]
    public async Task AF_that_is_no_episode_yet_stands_second_and_does_not_reassure_nor_alarm()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes).Connect("bed-2", Minutes).Connect("bed-3", Minutes).Connect("bed-4", Minutes)
            .Fibrillate("bed-4", TimeSpan.FromMinutes(1)).TakeLeadOff("bed-2", TimeSpan.FromSeconds(40)).Suspect("bed-3", TimeSpan.FromSeconds(15));
        await using var screen = await Screen.OpenAsync(browser, monitor);

        await Expect(screen.Page.Locator(".row .name")).ToHaveTextAsync(["bed-4", "bed-3", "bed-2", "bed-1"]);
        await Expect(screen.Page.Locator(".row").Nth(1)).ToContainTextAsync("Possible AF");
        await Expect(screen.Page.Locator(".row").Nth(1)).ToContainTextAsync("under 30 s");
        await Expect(screen.Page.Locator(".row").Nth(1)).Not.ToContainTextAsync("No AF");
        await Expect(screen.Page.Locator(".alarm")).ToHaveCountAsync(2);
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Possible AF" }).ClickAsync();
        await Expect(screen.Page.Locator(".row .name")).ToHaveTextAsync(["bed-3"]);
        await screen.Page.Locator(".row a").ClickAsync();
        await Expect(screen.Page.Locator(".title")).ToContainTextAsync("Possible AF");
    }

    [SkippableFact]
    public async Task What_is_wrong_with_the_monitor_itself_stands_above_all_until_it_is_over()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes);
        monitor.Warning = "Monitoring goes on, but history has not been stored since 12:00:00 UTC (database or disk is full).";
        await using var screen = await Screen.OpenAsync(browser, monitor);
        await Expect(screen.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "disk is full" })).ToBeVisibleAsync();
        monitor.Warning = null;
        await Expect(screen.Page.Locator(".warning")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task An_empty_wall_tells_how_to_connect_and_shows_the_first_stream_when_it_comes()
    {
        using var monitor = new SimulatedMonitor();
        await using var screen = await Screen.OpenAsync(browser, monitor);

        await Expect(screen.Page.Locator(".empty")).ToContainTextAsync("mina replay");
        await Expect(screen.Page.Locator(".empty")).ToContainTextAsync(screen.Address);
        monitor.Connect("bed-1", TimeSpan.FromSeconds(1));
        await Expect(screen.Page.Locator(".row")).ToContainTextAsync("Starting");
    }

    [SkippableFact]
    public async Task The_trace_of_a_stream_moves()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes);
        await using var screen = await Screen.OpenAsync(browser, monitor, "/stream/bed-1");

        await screen.WaitForTraceAsync();
        var before = await screen.PictureAsync(".trace canvas >> nth=1");
        await screen.UntilAsync("then => Number(document.querySelector('.trace .paper').dataset.head) > then + 1000", await screen.HeadAsync());
        Assert.NotEqual(before, await screen.PictureAsync(".trace canvas >> nth=1"));
    }

    [SkippableFact]
    public async Task An_alarm_appears_and_once_acknowledged_stays_so_after_a_reload_with_the_name_remembered()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes).Connect("bed-2", Minutes);
        await using var screen = await Screen.OpenAsync(browser, monitor);
        await Expect(screen.Page.Locator(".alarms")).ToContainTextAsync("No alarm.");

        monitor.Fibrillate("bed-2");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge Atrial fibrillation, bed-2" }).ClickAsync();
        await screen.Dialog.GetByLabel("Your name").FillAsync("Dr Ada Quist");
        await screen.Dialog.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await Expect(screen.Page.Locator(".alarm.seen")).ToContainTextAsync("Acknowledged by Dr Ada Quist");

        await screen.Page.ReloadAsync();
        await Expect(screen.Page.Locator(".alarm.seen")).ToContainTextAsync("Acknowledged by Dr Ada Quist");
        await Expect(screen.Page.Locator(".alarm.open")).ToHaveCountAsync(0);
        monitor.Stop("bed-1");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge Signal stopped, bed-1" }).ClickAsync();
        await Expect(screen.Dialog.GetByLabel("Your name")).ToHaveValueAsync("Dr Ada Quist");
    }

    [SkippableFact]
    public async Task An_alarm_is_not_acknowledged_by_nobody()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes).Fibrillate("bed-1");
        await using var screen = await Screen.OpenAsync(browser, monitor);

        await screen.Page.Locator(".alarm .button").ClickAsync();
        await screen.Dialog.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();

        await Expect(screen.Dialog).ToContainTextAsync("Say who you are");
        Assert.Null(Assert.Single(monitor.Alarms).Acknowledged);
    }

    [SkippableFact]
    public async Task AF_that_nobody_acknowledged_stays_listed_when_it_is_over_and_when_its_stream_has_stopped()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes).Connect("bed-2", Minutes)
            .Fibrillate("bed-1", TimeSpan.FromMinutes(3)).Convert("bed-1", TimeSpan.FromMinutes(2)).Fibrillate("bed-1", TimeSpan.FromMinutes(1.5));
        await using var screen = await Screen.OpenAsync(browser, monitor);
        var alarm = screen.Page.Locator(".alarm.kind-af");
        await Expect(alarm).ToContainTextAsync("since");
        await Expect(alarm).ToContainTextAsync("and 1 earlier episode, not acknowledged");

        monitor.Convert("bed-1");
        monitor.Stop("bed-1");
        await Expect(alarm).ToContainTextAsync("not acknowledged");
        await Expect(screen.Page.Locator(".alarm strong")).ToHaveTextAsync(["Atrial fibrillation", "Signal stopped"]);
        await screen.Page.ReloadAsync();
        await Expect(screen.Page.Locator(".alarm strong")).ToHaveTextAsync(["Atrial fibrillation", "Signal stopped"]);
        await screen.CheckAccessibilityAsync();

        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge Atrial fibrillation, bed-1" }).ClickAsync();
        await Expect(screen.Dialog).ToContainTextAsync("1 earlier episode");
        await screen.Dialog.GetByLabel("Your name").FillAsync("Dr Ada Quist");
        await screen.Dialog.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await Expect(screen.Page.Locator(".alarm strong")).ToHaveTextAsync(["Signal stopped"]);
        var ever = await monitor.AlarmHistoryAsync(default, DateTimeOffset.MaxValue);
        Assert.All(ever.Where(one => one.Kind == AlarmKind.AF), one => Assert.NotNull(one.Acknowledged));
    }

    [SkippableFact]
    public async Task AF_that_goes_on_and_is_acknowledged_stands_above_a_signal_that_stopped_just_now()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes).Connect("bed-2", Minutes).Fibrillate("bed-1", TimeSpan.FromMinutes(1));
        await monitor.AcknowledgeAsync(monitor.Alarms[0].Id, "nurse 3", CancellationToken.None);
        monitor.Stop("bed-2");
        await using var screen = await Screen.OpenAsync(browser, monitor);
        await Expect(screen.Page.Locator(".alarm strong")).ToHaveTextAsync(["Atrial fibrillation", "Signal stopped"]);
    }

    [SkippableFact]
    public async Task The_keyboard_alone_opens_a_stream_scrolls_back_and_acknowledges()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes).Connect("bed-2", Minutes).Fibrillate("bed-2", TimeSpan.FromMinutes(1));
        await using var screen = await Screen.OpenAsync(browser, monitor);
        await screen.Page.Locator(".row").First.WaitForAsync();

        await screen.TabToAsync("a[data-stream='bed-2']");
        await screen.Page.Keyboard.PressAsync("Enter");
        await screen.WaitForTraceAsync();

        await screen.Page.Locator(".timeline canvas").WaitForAsync();
        await screen.TabToAsync(".timeline");
        await screen.Page.Keyboard.PressAsync("PageDown");
        await Expect(screen.Page.Locator(".trace .where")).ToContainTextAsync("not live");
        await screen.Page.Keyboard.PressAsync("End");
        await Expect(screen.Page.Locator(".trace .where")).ToHaveTextAsync("live");

        await screen.TabToAsync(".alarm .button");
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Dialog.GetByLabel("Your name")).ToBeFocusedAsync();
        await screen.Page.Keyboard.TypeAsync("Nurse Lind");
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Page.Locator(".alarm.seen")).ToContainTextAsync("Nurse Lind");
    }

    [SkippableFact]
    public async Task A_stale_stream_says_since_when_and_has_no_live_figures()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes);
        await using var screen = await Screen.OpenAsync(browser, monitor, "/stream/bed-1");
        await screen.WaitForTraceAsync();

        monitor.Stop("bed-1");

        await Expect(screen.Page.Locator(".sheet.stale")).ToContainTextAsync("No signal since");
        await Expect(screen.Page.Locator(".vitals dd").First).ToHaveTextAsync("–/min");
    }

    [SkippableFact]
    public async Task What_the_rhythm_level_says_of_the_minute_stands_beside_the_probability_of_the_window()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes).JudgeMinute("bed-1", 0.71);
        await using var screen = await Screen.OpenAsync(browser, monitor, "/stream/bed-1");

        await Expect(screen.Page.Locator(".vitals .window dt")).ToHaveTextAsync("Probability of AF, last 10 s");
        await Expect(screen.Page.Locator(".vitals .minute dt")).ToHaveTextAsync("Probability of AF, last minute");
        await Expect(screen.Page.Locator(".vitals .minute dd")).ToHaveTextAsync("0.71");
        await Expect(screen.Page.Locator(".facts").First).ToContainTextAsync("episodes and alarms follow from it");
        monitor.Stop("bed-1");
        await Expect(screen.Page.Locator(".vitals .minute")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task Without_a_rhythm_level_there_is_no_probability_of_the_minute()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes);
        await using var screen = await Screen.OpenAsync(browser, monitor, "/stream/bed-1");

        await Expect(screen.Page.Locator(".vitals .window dt")).ToHaveTextAsync("Probability of AF");
        await Expect(screen.Page.Locator(".vitals .minute")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task A_click_on_the_trace_chooses_the_window_and_its_attention_is_told_in_words_and_drawn()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes).Fibrillate("bed-1", TimeSpan.FromMinutes(2));
        await using var screen = await Screen.OpenAsync(browser, monitor, "/stream/bed-1");
        await screen.WaitForTraceAsync();
        await Expect(screen.Page.Locator(".summary")).ToContainTextAsync("Most weight, 64 %, was on frequencies of 0.5 to 50 Hz");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Earlier", Exact = true }).ClickAsync();
        var before = await screen.Page.Locator(".attention .where").InnerTextAsync();
        var picture = await screen.PictureAsync(".attention canvas");

        await screen.Page.Locator(".trace .paper").ClickAsync(new LocatorClickOptions { Position = new Position { X = 120, Y = 60 } });

        await Expect(screen.Page.Locator(".attention .where")).Not.ToHaveTextAsync(before);
        await screen.UntilAsync("was => document.querySelector('.attention canvas').toDataURL() !== was", picture);
    }

    [SkippableFact]
    public async Task The_paper_is_true_to_the_millimetre()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes);
        await using var screen = await Screen.OpenAsync(browser, monitor, "/stream/bed-1");
        await screen.WaitForTraceAsync();

        // The darkest columns of a row of pixels between two lines: one each 5 mm.
        var places = await screen.Page.EvaluateAsync<int[]>(
            """
            () => {
                const canvas = document.querySelector('.trace canvas');
                const pixels = canvas.getContext('2d').getImageData(0, 9, canvas.width, 1).data;
                const green = i => pixels[4 * i + 3] ? pixels[4 * i + 1] : 255;
                const found = [];
                for (let i = 41; i < canvas.width - 1; i++) if (green(i) < 215) found.push(i);
                return found;
            }
            """);

        Assert.True(places.Length > 20, $"only {places.Length} lines");
        for (var i = 1; i < places.Length; i++)
            Assert.InRange(places[i] - places[0], (i * 5 * 96 / 25.4) - 1, (i * 5 * 96 / 25.4) + 1);
    }

    [SkippableTheory]
    [InlineData("/")]
    [InlineData("/stream/a-stream-with-quite-a-long-name-of-its-own-01")]
    public async Task A_phone_never_scrolls_sideways(string path)
    {
        using var monitor = new SimulatedMonitor().Connect("a-stream-with-quite-a-long-name-of-its-own-01", Minutes).Connect("bed-2", Minutes)
            .Fibrillate("a-stream-with-quite-a-long-name-of-its-own-01", TimeSpan.FromMinutes(1)).TakeLeadOff("bed-2", TimeSpan.FromMinutes(1))
            .JudgeMinute("a-stream-with-quite-a-long-name-of-its-own-01", 0.97);
        await using var screen = await Screen.OpenAsync(browser, monitor, path, width: 360);
        await screen.Page.Locator(path == "/" ? ".row" : ".summary").First.WaitForAsync();

        Assert.True(await screen.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen");
    }

    [SkippableFact]
    public async Task No_request_leaves_for_another_host()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes).Fibrillate("bed-1", TimeSpan.FromMinutes(1));
        var asked = new ConcurrentBag<string>();
        await using var screen = await Screen.OpenAsync(browser, monitor, "/stream/bed-1", watch: page =>
        {
            page.Request += (_, request) => asked.Add(request.Url);
            page.WebSocket += (_, socket) => asked.Add(socket.Url);
        });
        await screen.WaitForTraceAsync();
        await screen.Page.Locator(".back").ClickAsync();
        await screen.Page.Locator(".alarm .button").ClickAsync();
        await screen.Dialog.WaitForAsync();

        var own = new Uri(screen.Address).Authority;
        Assert.Contains(asked, url => url.EndsWith("inter.woff2", StringComparison.Ordinal));
        Assert.Contains(asked, url => url.StartsWith("ws:", StringComparison.Ordinal));
        Assert.All(asked.Where(url => !url.StartsWith("data:", StringComparison.Ordinal)), url => Assert.Equal(own, new Uri(url).Authority));
        Assert.Empty(screen.Errors);
    }

    [SkippableFact]
    public async Task A_lost_connection_is_told_in_plain_words_and_comes_back_by_itself()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes);
        await using var screen = await Screen.OpenAsync(browser, monitor);
        await screen.Page.Locator(".row").First.WaitForAsync();

        await screen.StopServerAsync();
        await Expect(screen.Page.GetByText("The connection to the monitor is lost.")).ToBeVisibleAsync(new() { Timeout = 60_000 });

        await screen.StartServerAsync();
        await Expect(screen.Page.GetByText("The connection to the monitor is lost.")).ToBeHiddenAsync(new() { Timeout = 120_000 });
        await Expect(screen.Page.Locator(".row")).ToHaveCountAsync(1);
    }
}
