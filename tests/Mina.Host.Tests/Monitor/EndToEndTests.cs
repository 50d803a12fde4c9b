using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mina.Host.Tests.Monitor;

/// <summary>Everything real: a recording with AF, the replay program, MQTT, the monitor with the shipped model, and a browser.</summary>
public sealed class EndToEndTests(Browser browser) : IClassFixture<Browser>
{
    [SkippableFact]
    public async Task A_replayed_AF_recording_moves_on_the_page_and_raises_an_alarm_that_stays_acknowledged()
    {
        browser.OrSkip();
        using var folder = new TemporaryFolder();
        (await MinaProcess.RunAsync(
            folder.Path, "simulate", "--out", "sim", "--count", "1", "--seconds", "900", "--af", "1", "--other", "0", "--noisy", "0", "--seed", "3"))
            .ShouldSucceed();
        await using var monitor = await RunningMonitor.StartAsync(folder, ("Model", null), ("Threshold", "0.5"));
        using var device = MinaProcess.Start(folder.Path, "replay", "sim/sim00001.hea", "--to", monitor.Mqtt, "--stream", "bed-7", "--speed", "5");
        await RunningMonitor.Until(() => monitor.Service.Find("bed-7") is not null);

        await using var screen = await Screen.OpenAtAsync(browser, monitor.Http, "/stream/bed-7");
        await screen.WaitForTraceAsync();
        await screen.UntilAsync("then => Number(document.querySelector('.trace .paper').dataset.head) > then + 1000", await screen.HeadAsync());

        await screen.Page.GotoAsync(monitor.Http);
        await Expect(screen.Page.Locator(".row")).ToContainTextAsync("AF");
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge Atrial fibrillation, bed-7" }).ClickAsync();
        await screen.Dialog.GetByLabel("Your name").FillAsync("Dr Ada Quist");
        await screen.Dialog.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" }).ClickAsync();
        await Expect(screen.Page.Locator(".alarm.seen")).ToContainTextAsync("Acknowledged by Dr Ada Quist");

        await screen.Page.ReloadAsync();
        await Expect(screen.Page.Locator(".alarm.seen")).ToContainTextAsync("Acknowledged by Dr Ada Quist");
        await Expect(screen.Page.Locator(".row")).ToContainTextAsync("AF");
        var episode = (await monitor.GetAsync<Mina.Host.Monitor.AlarmStatus[]>("/api/alarms")).First(alarm => alarm.Episode is not null).Episode;
        await screen.Page.Locator(".alarm strong a").ClickAsync();
        await Expect(screen.Page).ToHaveURLAsync($"{monitor.Http}/episodes/{episode}");
        await Expect(screen.Page.Locator(".facts-list")).ToContainTextAsync("acknowledged by Dr Ada Quist");
        await Expect(screen.Page.Locator(".strip-sheet .line").First).ToBeVisibleAsync();
        Assert.Empty(screen.Errors);
        Assert.False(device.HasExited);
        if (Environment.GetEnvironmentVariable("MINA_SCREENSHOTS") is { Length: > 0 } pictures)
            await screen.Page.ScreenshotAsync(new() { Path = Path.Combine(pictures, "end-to-end.png") });
    }
}
