using Mina.Host.Monitor.Beds;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mina.Host.Tests.Monitor.Beds;

/// <summary>Beds in a real Chromium: admitted, paused, discharged, and the wall by unit.</summary>
public sealed class BedPageTests(Browser browser) : IClassFixture<Browser>
{
    [SkippableFact]
    public async Task A_bed_is_paused_with_a_reason_and_an_end_which_the_wall_shows()
    {
        using var monitor = new SimulatedMonitor().Connect("monitor-1", TimeSpan.FromMinutes(5)).Connect("monitor-2", TimeSpan.FromMinutes(5));
        await using var screen = await Screen.OpenAsync(browser, monitor, "/stream/monitor-1");
        await screen.Page.GetByLabel("Pause alarms: monitor-1").ClickAsync();
        await screen.CheckAccessibilityAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Dialog).ToContainTextAsync("Say why");
        await screen.Dialog.GetByLabel("Reason").FillAsync("physiotherapy");
        await screen.Dialog.GetByLabel("How long").SelectOptionAsync("60");
        await screen.Dialog.GetByText("Pause alarms").Last.ClickAsync();
        await Expect(screen.Page.Locator(".bed-bar .bed-note")).ToContainTextAsync("physiotherapy");
        await screen.CheckAccessibilityAsync();
        await screen.TakePictureAsync("bed-paused");
        Assert.Equal(BedState.Paused, monitor.Beds!.OfStream("monitor-1")!.State);

        await screen.Page.GotoAsync(screen.Address + "/");
        await Expect(screen.Page.Locator(".row", new() { HasTextString = "monitor-1" }).Locator(".bed-note")).ToContainTextAsync("Paused until");
        await Expect(screen.Page.Locator(".bed-note")).ToHaveCountAsync(1);
        await screen.Page.GotoAsync(screen.Address + "/stream/monitor-1");
        await screen.Page.GetByLabel("Raise alarms again: monitor-1").ClickAsync();
        await Expect(screen.Page.Locator(".bed-note")).ToHaveCountAsync(0);
        Assert.Empty(screen.Errors);
    }

    [SkippableFact]
    public async Task Beds_are_admitted_and_discharged_on_their_page_and_the_wall_stands_by_unit_with_AF_first()
    {
        using var monitor = new SimulatedMonitor().Connect("m-1", TimeSpan.FromMinutes(5)).Connect("m-2", TimeSpan.FromMinutes(5))
            .Connect("m-3", TimeSpan.FromMinutes(5)).Fibrillate("m-2");
        await monitor.Beds!.AdmitAsync(new BedEntry("Bed 1", "North", null, "m-1"));
        await monitor.Beds.AdmitAsync(new BedEntry("Bed 2", "South", "A. B.", "m-2", Paced: true, AFAlarmOff: true));
        await using var screen = await Screen.OpenAsync(browser, monitor, "/beds");
        await Expect(screen.Page.Locator(".table tbody tr")).ToHaveCountAsync(2);
        await screen.Page.GetByLabel("Bed", new() { Exact = true }).FillAsync("Bed 3");
        await screen.Page.GetByLabel("Unit").FillAsync("North");
        await screen.Page.GetByLabel("Stream", new() { Exact = true }).FillAsync("m-3");
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Page.Locator(".table tbody tr")).ToHaveCountAsync(3);
        await screen.CheckAccessibilityAsync();
        await screen.TakePictureAsync("beds");

        await screen.Page.GotoAsync(screen.Address + "/");
        await Expect(screen.Page.Locator(".rows .unit")).ToHaveTextAsync(["South, 1 bed", "North, 2 beds"]);
        await Expect(screen.Page.Locator(".rows .row .name")).ToHaveTextAsync(["Bed 2, A. B.", "Bed 1", "Bed 3"]);
        await Expect(screen.Page.Locator(".row").First.Locator(".bed-note")).ToHaveTextAsync(["AF alarm off", "Paced"]);
        await screen.CheckAccessibilityAsync();
        await screen.TakePictureAsync("wall-by-unit");

        await screen.Page.GotoAsync(screen.Address + "/beds");
        await screen.Page.GetByLabel("Discharge Bed 1").ClickAsync();
        await screen.Dialog.GetByText("Discharge", new() { Exact = true }).ClickAsync();
        await Expect(screen.Page.Locator("[data-bed='Bed 1']")).ToContainTextAsync("discharged");
        await screen.Page.GotoAsync(screen.Address + "/");
        await Expect(screen.Page.Locator(".rows .row .name")).ToHaveTextAsync(["Bed 2, A. B.", "Bed 3"]);
        Assert.Empty(screen.Errors);
    }
}
