using Microsoft.Playwright;
using Mina.Host.Monitor.Security;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Mina.Host.Tests.Monitor.Security;

/// <summary>Signing in with a real Chromium, and what each role sees.</summary>
public sealed class SignInTests(Browser browser) : IClassFixture<Browser>
{
    [SkippableFact]
    public async Task A_person_signs_in_on_a_page_and_is_thrown_out_when_the_token_is_revoked()
    {
        using var folder = new TemporaryFolder();
        var file = new TokenFile(folder["monitor.tokens.json"]);
        var token = file.Add("Ada", AccessRole.View, [], default);
        browser.OrSkip();
        await using var monitor = await RunningMonitor.StartAsync(folder);
        await using var screen = await Screen.OpenAtAsync(browser, monitor.Http, "/alarms?days=1");
        await Expect(screen.Page.Locator("h1")).ToHaveTextAsync("Sign in to Mina");
        await screen.CheckAccessibilityAsync();
        await screen.TakePictureAsync("sign-in");
        await screen.Page.GetByLabel("Token").FillAsync("a guess");
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("That is no token of this monitor.");
        await screen.CheckAccessibilityAsync();
        await screen.Page.GetByLabel("Token").FillAsync(token);
        await screen.Page.Keyboard.PressAsync("Enter");
        await Expect(screen.Page.Locator("h1")).ToHaveTextAsync("Alarms");
        await Expect(screen.Page).ToHaveURLAsync($"{monitor.Http}/alarms?days=1");
        await Expect(screen.Page.Locator(".signed-in")).ToContainTextAsync("Ada");
        await screen.CheckAccessibilityAsync();

        file.Revoke("Ada");
        await Expect(screen.Page.Locator("h1")).ToHaveTextAsync("Sign in to Mina");
        var other = file.Add("Eve", AccessRole.View, [], default);
        await RunningMonitor.UntilAsync(async () => (await monitor.Client.GetAsync($"/api/streams?access_token={other}")).IsSuccessStatusCode);
        await screen.Page.GotoAsync($"{monitor.Http}/episodes?access_token={other}&days=30");
        await Expect(screen.Page).ToHaveURLAsync($"{monitor.Http}/episodes?days=30");
        await screen.Page.GetByText("Sign out").ClickAsync();
        await Expect(screen.Page.Locator("h1")).ToHaveTextAsync("Sign in to Mina");
        await screen.Page.GotoAsync(monitor.Http);
        await Expect(screen.Page.Locator("h1")).ToHaveTextAsync("Sign in to Mina");
    }

    [SkippableTheory]
    [InlineData(AccessRole.View, 0, 0, 0, 0)]
    [InlineData(AccessRole.Acknowledge, 1, 1, 0, 0)]
    [InlineData(AccessRole.Review, 1, 1, 1, 0)]
    [InlineData(AccessRole.Admin, 1, 1, 1, 1)]
    public async Task A_role_sees_what_it_may_do(AccessRole role, int acknowledge, int pause, int review, int admit)
    {
        using var folder = new TemporaryFolder();
        var token = new TokenFile(folder["monitor.tokens.json"]).Add("Dr Ada Quist", role, [], default);
        browser.OrSkip();
        await using var monitor = await RunningMonitor.StartAsync(
            folder, ("Token", "device"), ("StaleAfter", "00:10:00"), ("CloseAfter", "00:10:00"), ("MaxVerdictAge", "00:10:00"));
        await RunningMonitor.SendAsync(
            monitor.Mqtt, "bed", RunningMonitor.Chunks(RunningMonitor.Beats("", 1, 300, 80), DateTimeOffset.UtcNow.AddMinutes(-2)), "device");
        await RunningMonitor.Until(() => monitor.Service.Alarms.Count > 0);
        await using var screen = await Screen.OpenAtAsync(browser, monitor.Http, $"/stream/bed?access_token={token}");
        await Expect(screen.Page.Locator(".alarm")).ToHaveCountAsync(1);
        await Expect(screen.Page.Locator(".alarm .button")).ToHaveCountAsync(acknowledge);
        await Expect(screen.Page.Locator(".bed-bar .button")).ToHaveCountAsync(pause);
        await screen.Page.GotoAsync($"{monitor.Http}/episodes/{monitor.Service.Alarms[0].Episode}");
        await Expect(screen.Page.Locator("#review-title")).ToBeVisibleAsync();
        await Expect(screen.Page.GetByText("Confirm AF")).ToHaveCountAsync(review);
        await screen.Page.GotoAsync($"{monitor.Http}/beds");
        await Expect(screen.Page.GetByText("No bed has been named")).ToBeVisibleAsync();
        await Expect(screen.Page.Locator(".bed-form")).ToHaveCountAsync(admit);
        await screen.CheckAccessibilityAsync();
        if (acknowledge == 0)
            return;
        await screen.Page.GotoAsync($"{monitor.Http}/stream/bed");
        await screen.Page.Locator(".alarm .button").ClickAsync();
        await Expect(screen.Dialog).ToContainTextAsync("You are signed in as Dr Ada Quist");
        await screen.Dialog.Locator(".button.strong").ClickAsync();
        await Expect(screen.Page.Locator(".alarm")).ToContainTextAsync("Acknowledged by Dr Ada Quist");
        Assert.Empty(screen.Errors);
    }
}
