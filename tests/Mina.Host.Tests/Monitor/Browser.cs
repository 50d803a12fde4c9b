using Microsoft.Playwright;
using Xunit;

namespace Mina.Host.Tests.Monitor;

/// <summary>The Chromium of this machine, driven by Playwright; started once for all tests that need it.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Whether there is one.</summary>
    internal bool Is => _browser is not null;

    /// <summary>The browser, or the test is skipped.</summary>
    internal IBrowser OrSkip()
    {
        Skip.If(_browser is null, "no Chromium on this machine: install the package chromium, or name the program in CHROMIUM");
        return _browser;
    }

    public async Task InitializeAsync()
    {
        if (Executable() is not { } executable)
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = executable,
            // CI's root has no other sandbox to go into; the pages are our own. Names that end in .localtest lead to this machine.
            Args = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--host-resolver-rules=MAP *.localtest 127.0.0.1"],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    private static string? Executable()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named)
            return named;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
