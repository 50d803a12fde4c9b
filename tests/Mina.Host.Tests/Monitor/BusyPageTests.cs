using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mina.Host.Tests.Monitor;

/// <summary>The page with hundreds of streams, while rows change under the viewer's hands.</summary>
public sealed class BusyPageTests(Browser browser) : IClassFixture<Browser>
{
    private const int Streams = 400;

    [SkippableFact]
    public async Task A_person_acknowledges_the_alarm_that_was_meant_though_others_come_in_between()
    {
        using var monitor = Ward();
        monitor.Fibrillate("bed-200");
        await using var screen = await Screen.OpenAsync(browser, monitor);
        await screen.Page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge Atrial fibrillation, bed-200" }).ClickAsync();
        var name = screen.Dialog.GetByLabel("Your name");
        await Expect(name).ToBeFocusedAsync();

        // Each letter meets another alarm, and each alarm another order of rows and alarms.
        const string Name = "Nurse Lind";
        for (var i = 0; i < Name.Length; i++)
        {
            await screen.Page.Keyboard.TypeAsync(Name[i..(i + 1)]);
            monitor.Fibrillate($"bed-{201 + i}");
            await Expect(screen.Page.Locator(".alarm.open")).ToHaveCountAsync(2 + i);
        }

        await Expect(name).ToBeFocusedAsync();
        await Expect(name).ToHaveValueAsync(Name);
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Page.Locator(".alarm.seen")).ToContainTextAsync("bed-200");
        await Expect(screen.Dialog).ToHaveCountAsync(0);
        Assert.Equal(["bed-200"], monitor.Alarms.Where(alarm => alarm.Acknowledged is not null).Select(alarm => alarm.Stream));
        Assert.Equal(Name, monitor.Alarms.Single(alarm => alarm.Acknowledged is not null).AcknowledgedBy);
        Assert.Empty(screen.Errors);
    }

    [SkippableFact]
    public async Task A_row_keeps_the_focus_while_others_move_past_it()
    {
        using var monitor = Ward();
        await using var screen = await Screen.OpenAsync(browser, monitor);
        await screen.Page.Locator(".row").First.WaitForAsync();
        await screen.Page.Locator("a[data-stream='bed-3']").FocusAsync();

        for (var bed = 300; bed < 303; bed++)
        {
            monitor.Fibrillate($"bed-{bed}");
            await Expect(screen.Page.Locator(".row .name", new() { HasTextString = $"bed-{bed}" })).ToHaveCountAsync(1);
        }

        await Expect(screen.Page.Locator("a[data-stream='bed-3']")).ToBeFocusedAsync();
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Page.Locator("h1")).ToHaveTextAsync("bed-3");
        Assert.Empty(screen.Errors);
    }

    [SkippableFact]
    public async Task Only_the_rows_in_sight_are_in_the_document_and_any_stream_is_found_by_name()
    {
        using var monitor = Ward();
        await using var screen = await Screen.OpenAsync(browser, monitor);
        await screen.Page.Locator(".row").First.WaitForAsync();
        Assert.InRange(await screen.Page.Locator(".row").CountAsync(), 5, 60);
        await Expect(screen.Page.GetByRole(AriaRole.Button, new() { Name = "All" })).ToContainTextAsync($"{Streams}");

        await screen.Page.Keyboard.PressAsync("End");
        await Expect(screen.Page.Locator("a[data-stream='bed-400']")).ToBeVisibleAsync();

        await screen.Page.GetByLabel("Find a stream by name").FillAsync("bed-397");
        await Expect(screen.Page.Locator(".row .name")).ToHaveTextAsync(["bed-397"]);
    }

    private static SimulatedMonitor Ward()
    {
        var monitor = new SimulatedMonitor();
        for (var bed = 1; bed <= Streams; bed++)
            monitor.Connect($"bed-{bed}", TimeSpan.FromSeconds(130 + (bed % 60)));
        return monitor;
    }
}
