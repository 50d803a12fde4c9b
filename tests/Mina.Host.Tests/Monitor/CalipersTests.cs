using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mina.Host.Tests.Monitor;

/// <summary>Measuring on the ECG of a stream's page.</summary>
public sealed class CalipersTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(4);

    [SkippableFact]
    public async Task Two_calipers_are_moved_by_keys_and_by_the_pointer_and_tell_time_rate_and_voltage()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes);
        await using var screen = await Screen.OpenAsync(browser, monitor, "/stream/bed-1");
        await screen.WaitForTraceAsync();
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Calipers" }).ClickAsync();
        // The ECG stands still, so that it can be measured.
        await Expect(screen.Page.GetByRole(AriaRole.Button, new() { Name = "Go live" })).ToBeVisibleAsync();
        var said = screen.Page.Locator(".calipers-read");
        var marks = screen.Page.Locator(".caliper");
        await Expect(marks).ToHaveCountAsync(2);
        var before = await MillisecondsAsync();

        await marks.Nth(1).FocusAsync();
        await screen.Page.Keyboard.PressAsync("ArrowRight");
        await screen.Page.Keyboard.PressAsync("Shift+ArrowRight");
        await screen.Page.Keyboard.PressAsync("ArrowUp");
        Assert.Equal(before + 110, await MillisecondsAsync(), 1.0);
        await Expect(said).ToContainTextAsync($"{Math.Round(60000.0 / (before + 110))} /min, 0.55 mV");

        var box = (await marks.Nth(0).BoundingBoxAsync())!;
        await screen.Page.Mouse.MoveAsync(box.X + 12, box.Y + 60);
        await screen.Page.Mouse.DownAsync();
        await screen.Page.Mouse.MoveAsync(box.X + 12 - (float)(25 * 96 / 25.4), box.Y + 60);
        await screen.Page.Mouse.UpAsync();
        Assert.Equal(before + 1110, await MillisecondsAsync(), 15.0);
        await screen.CheckAccessibilityAsync();
        await screen.TakePictureAsync("calipers");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Go live" }).ClickAsync();
        await Expect(marks).ToHaveCountAsync(0);
        Assert.Empty(screen.Errors);

        async Task<double> MillisecondsAsync() =>
            double.Parse((await said.TextContentAsync())!.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    [SkippableFact]
    public async Task Beats_are_marked_and_the_paper_has_every_usual_speed_and_gain_and_one_that_fits()
    {
        using var monitor = new SimulatedMonitor().Connect("bed-1", Minutes);
        await using var screen = await Screen.OpenAsync(browser, monitor, "/stream/bed-1");
        await screen.WaitForTraceAsync();
        await screen.UntilAsync("() => Number(document.querySelector('.trace .paper').dataset.beats) >= 8");
        foreach (var speed in new[] { "6.25", "12.5", "50" })
        {
            await screen.Page.GetByLabel("Paper speed").SelectOptionAsync(speed);
            await screen.UntilAsync("mm => Math.abs(Number(document.querySelector('.trace .paper').dataset.mm) - 96 / 25.4) < 0.01");
        }

        foreach (var gain in new[] { "2.5", "40" })
        {
            await screen.Page.GetByLabel("Gain").SelectOptionAsync(gain);
            await screen.UntilAsync("gain => document.querySelector('.trace .paper').dataset.gain === gain", gain);
        }

        await screen.Page.GetByLabel("Gain").SelectOptionAsync("0");
        await Expect(screen.Page.GetByLabel("Gain").Locator("option[value='0']")).ToContainTextAsync("auto: ");
        await screen.CheckAccessibilityAsync();
        await screen.TakePictureAsync("fitted");
        Assert.Empty(screen.Errors);
    }
}
